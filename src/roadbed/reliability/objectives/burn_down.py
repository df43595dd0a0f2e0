"""The chart of one objective: how its budget went down, and how each minute of the window was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from roadbed.ground.errors import NotFound
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import live_of, window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.states import STATES
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.slicing import SliceReader, reader_of

MOST_POINTS: Final = 400
MOST_MIXED: Final = 160
PURE, SEVERAL, HOLE = range(3)
FINEST: Final = 720
"""So many parts of the strip can be told apart; it is drawn no wider in dots."""
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)


@dataclass(frozen=True, slots=True)
class Point:
    """The budget left at an instant; None where nothing was measured since the point before."""

    at: datetime
    remaining: float | None
    good: int
    total: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes of one state in a row."""

    state: str
    start: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class BurnDown:
    """An objective's window as a line and a strip.

    Attributes:
        points: at most 400. The line begins at 1 and ends at the budget that is left: each point takes away what was
            spent until then, as a share of what the whole window's traffic allows.
        stretches: every minute of the window, oldest first. What was not measured has its exact place; where good and
            bad alternate too fast to draw, those of a short span are put together by state. Their minutes add up to
            the window, exactly.
        minutes: minutes by state; they add up to `window_minutes`, the length that is drawn.
    """

    objective: str
    start: datetime
    end: datetime
    as_of: datetime | None
    window_minutes: int
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    minutes: Mapping[str, int]


def burn_down(uid: str, *, points: int = MOST_POINTS, last_minutes: int | None = None) -> BurnDown | None:
    """The chart of an objective as of its last evaluation; None where it was never evaluated.

    With `last_minutes` only the end of the window is drawn, finer; what was spent before it stays spent.

    Raises:
        NotFound: when there is no such objective.
    """
    row = Objective.objects.filter(uid=uid).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    evaluated = Evaluated.objects.filter(objective=uid).only("minute", "as_of").first()
    stored = store.heads([row.series]).get(row.series)
    if evaluated is None or stored is None:
        return None
    last = evaluated.minute
    period = window_kept(row.window, row.window_minutes).at(last)
    window = period.elapsed
    excluded = Excluded.now([row.service_uid])
    cut = excluded.cut(row.service_uid, uid, first=last - window + 1, until=last + 1)
    reader = Reader(row.series, stored, cut)
    shown = min(window, max(1, last_minutes or window))
    return BurnDown(
        objective=uid,
        start=instant(last - shown + 1),
        end=instant(last + 1),
        as_of=evaluated.as_of,
        window_minutes=shown,
        points=_line(
            reader,
            _Spending(
                Target.exactly(row.target),
                period.length - cut.between(period.first, last + 1) if row.budgeting else None,
                reader_of(live_of(row), stored, excluded, end=last),
            ),
            last,
            window,
            shown=shown,
            points=max(2, min(points, MOST_POINTS)),
        ),
        stretches=_strip(reader, last - shown, last),
        minutes=reader.between(last - shown, last).by_state(),
    )


@dataclass(frozen=True, slots=True)
class _Spending:
    """What takes from the budget: events of those there were, or minutes of `slices` where the budget is of time.

    `longer` reads slices that are judged by themselves; each takes from the budget when it is over.
    """

    target: Target
    slices: int | None
    longer: SliceReader | None = None

    def allowance(self, whole: Counts) -> int:
        if self.longer is not None:
            return self.target.spare * self.longer.counts(self.longer.grid.of_period()).total * self.longer.of
        return self.target.spare * (whole.total if self.slices is None else self.slices)

    def left(self, reader: Reader, first: int, minute: int, allowance: int) -> float:
        if self.longer is not None:
            bad = self.longer.spent(first, minute)
        else:
            spent = reader.between(first, minute)
            bad = spent.bad if self.slices is None else spent.bad_minutes
        return (allowance - bad * self.target.of) / allowance


def _line(reader: Reader, spending: _Spending, last: int, window: int, *, shown: int, points: int) -> tuple[Point, ...]:
    step = next((step for step in _STEPS if shown // step < points), _STEPS[-1])
    # Whole multiples of the step, so that a chart drawn again a minute later has the same points.
    first, begin = last - window, last - shown
    grid = [begin, *range(begin // step * step + step, last, step), last]
    reader.fetch([first, *grid])
    whole = reader.between(first, last)
    allowance = spending.allowance(whole)
    known = allowance > 0 and not whole.broken
    start = 1.0
    if known and begin > first:
        start = spending.left(reader, first, begin, allowance)
    line = [Point(instant(begin + 1), start if known else None, 0, 0)]
    for before, minute in pairwise(grid):
        since, left = reader.between(before, minute), None
        if since.measured and known:
            left = spending.left(reader, first, minute, allowance)
        line.append(Point(instant(minute + 1), left, since.good, since.total))
    return tuple(line)


def _strip(reader: Reader, start: int, end: int) -> tuple[Stretch, ...]:
    finest = max(1, (end - start) // FINEST)
    # The line's points are known already, so the first cut costs nothing.
    holes = (minute - 1 for span in reader.excluded(start, end) for minute in span)
    edges = sorted({start, end, *holes, *(minute for minute in reader.known if start < minute < end)})
    spans = [(*span, _mixture(reader.between(*span), finest)) for span in pairwise(edges)]
    while True:
        closer = {span for span in spans if span[2]}
        if len(closer) > MOST_MIXED:
            # Too many to draw apart; what was not measured still gets its exact place.
            closer = {span for span in closer if span[2] == HOLE}
        if not closer or len(closer) > MOST_MIXED:
            return _joined(reader, spans)
        reader.fetch((start + end) // 2 for start, end, _ in closer)
        parts: list[tuple[int, int, int]] = []
        for span in spans:
            if span not in closer:
                parts.append(span)
                continue
            half = (span[0] + span[1]) // 2
            both = ((span[0], half), (half, span[1]))
            parts.extend((*part, _mixture(reader.between(*part), finest)) for part in both)
        spans = parts


def _mixture(counts: Counts, finest: int) -> int:
    """Whether a span is to be looked at more closely: it has a hole in it, or is long and holds several states."""
    minutes, measured = counts.minutes, counts.measured
    if counts.excluded:
        return HOLE if counts.excluded < minutes else PURE
    if 0 < measured < minutes:
        return HOLE
    if minutes <= finest or measured < minutes:
        return PURE
    return PURE if counts.bad_minutes in (0, minutes) and counts.idle in (0, minutes) else SEVERAL


def _joined(reader: Reader, spans: list[tuple[int, int, int]]) -> tuple[Stretch, ...]:
    parts: list[list[int | str]] = []
    for start, end, _ in spans:
        held, at = reader.between(start, end).by_state(), start
        for state in STATES:
            if minutes := held[state]:
                if parts and parts[-1][0] == state:
                    parts[-1][2] = int(parts[-1][2]) + minutes
                else:
                    parts.append([state, at, minutes])
                at += minutes
    return tuple(Stretch(str(state), instant(int(minute) + 1), int(minutes)) for state, minute, minutes in parts)
