"""The chart of one objective: how its budget went down, and how each minute of the window was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import sub
from typing import Final

from roadbed.ground.errors import NotFound
from roadbed.ground.prepared import Prepared
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader, UpTo
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import SINCE, window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.pausing import collector_paused
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.states import BEFORE, GOOD, STATES
from roadbed.reliability.objectives.rules.targets import Target

MOST_POINTS: Final = 400
MOST_MIXED: Final = 160
PURE, SEVERAL, HOLE = range(3)
"""How closely a span is to be looked at: not at all, if there are not too many, or in any case."""
_STATES: Final = (BEFORE, *STATES)
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
        stretches: every minute of the window, oldest first; the state of those before the promise is `before`. What
            was not measured has its exact place; where good and bad alternate too fast to draw, those of a short span
            are put together by state. Their minutes add up to the window, exactly.
        minutes: minutes by state; with `minutes_before` they add up to `window_minutes`, the length that is drawn.
        minutes_before: minutes before the promise began.
    """

    objective: str
    start: datetime
    end: datetime
    as_of: datetime | None
    window_minutes: int
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    minutes: Mapping[str, int]
    minutes_before: int


def burn_down(uid: str, *, points: int = MOST_POINTS, last_minutes: int | None = None) -> BurnDown | None:
    """The chart of an objective as of its last evaluation; None where it was never evaluated.

    With `last_minutes` only the end of the window is drawn, finer; what was spent before it stays spent.

    Raises:
        NotFound: when there is no such objective.
    """
    row = _OBJECTIVE.first(uid=uid) if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    series, service_uid, target, window_data, window_minutes, budgeting, since = row
    evaluated = _EVALUATED.first(uid=uid)
    stored = store.heads([series]).get(series)
    if evaluated is None or stored is None:
        return None
    last, as_of = evaluated
    period = window_kept(window_data, window_minutes).at(last)
    window = period.elapsed
    cut = Excluded.of(service_uid).cut(service_uid, uid, first=last - window + 1, until=last + 1)
    reader = Reader(series, stored, minute_of(since), cut)
    shown = min(window, max(1, last_minutes or window))
    spending = _Spending(Target.exactly(target), period.length if budgeting else None)
    with collector_paused():
        line = _line(reader, spending, last, window, shown=shown, points=max(2, min(points, MOST_POINTS)))
        strip = _strip(reader, last - shown, last)
    drawn = reader.between(last - shown, last)
    return BurnDown(
        objective=uid,
        start=instant(last - shown + 1),
        end=instant(last + 1),
        as_of=as_of,
        window_minutes=shown,
        points=line,
        stretches=strip,
        minutes=drawn.by_state(),
        minutes_before=drawn.before,
    )


_OBJECTIVE: Final = Prepared(
    lambda uid: (
        Objective.objects.filter(uid=uid)
        .annotate(since=SINCE)
        .values_list("series", "service_uid", "target", "window", "window_minutes", "budgeting", "since")
    ),
    uid=str,
)
_EVALUATED: Final = Prepared(
    lambda uid: Evaluated.objects.filter(objective=uid).values_list("minute", "as_of"), uid=str
)


@dataclass(frozen=True, slots=True)
class _Spending:
    """What takes from the budget: events of those there were, or minutes of `slices` where the budget is of time."""

    target: Target
    slices: int | None

    def allowance(self, whole: Counts) -> int:
        return self.target.spare * (whole.total if self.slices is None else self.slices - whole.excluded)

    def bad(self, held: Iterable[UpTo]) -> list[int]:
        if self.slices is None:
            return [upto.total - upto.good for upto in held]
        return [upto.bad_minutes for upto in held]


def _line(reader: Reader, spending: _Spending, last: int, window: int, *, shown: int, points: int) -> tuple[Point, ...]:
    step = next((step for step in _STEPS if shown // step < points), _STEPS[-1])
    # Whole multiples of the step, so that a chart drawn again a minute later has the same points.
    first, begin = last - window, last - shown
    grid = [begin, *range(begin // step * step + step, last, step), last]
    reader.fetch([first, *grid])
    whole, of = reader.between(first, last), spending.target.of
    allowance = spending.allowance(whole)
    known = allowance > 0 and not whole.broken
    held = [reader.upto(minute) for minute in grid]
    spent_before, *spent = spending.bad([reader.upto(first), *held])
    line = [
        Point(instant(begin + 1), (allowance - (spent[0] - spent_before) * of) / allowance if known else None, 0, 0)
    ]
    for (before, upto), minute, bad in zip(pairwise(held), grid[1:], spent[1:], strict=True):
        left = None
        if known and upto.measured > before.measured:
            left = (allowance - (bad - spent_before) * of) / allowance
        line.append(Point(instant(minute + 1), left, upto.good - before.good, upto.total - before.total))
    return tuple(line)


_Part = tuple[int, int, UpTo, UpTo, int]
"""Minutes after one up to another, with what counts up to each, and whether they are to be looked at closer."""


def _strip(reader: Reader, start: int, end: int) -> tuple[Stretch, ...]:
    finest = max(1, (end - start) // FINEST)
    # The line's points are known already, so the first cut costs nothing.
    known = (minute for minute in reader.known if start < minute < end)
    parts = _parts(reader, sorted({start, end, *reader.edges(start, end), *known}), finest)
    while True:
        least = PURE
        if sum(part[4] > PURE for part in parts) > MOST_MIXED:
            # Too many to draw apart; what was not measured still gets its exact place.
            least = SEVERAL
        halves = {part[0]: (part[0] + part[1]) // 2 for part in parts if part[4] > least}
        if not halves or len(halves) > MOST_MIXED:
            return _joined(parts)
        reader.fetch(halves.values())
        finer: list[_Part] = []
        for part in parts:
            if half := halves.get(part[0]):
                finer += _parts(reader, (part[0], half, part[1]), finest)
            else:
                finer.append(part)
        parts = finer


def _parts(reader: Reader, edges: Sequence[int], finest: int) -> list[_Part]:
    held = [(minute, reader.upto(minute)) for minute in edges]
    return [(start, end, a, b, _mixture(a, b, end - start, finest)) for (start, a), (end, b) in pairwise(held)]


def _mixture(a: UpTo, b: UpTo, minutes: int, finest: int) -> int:
    """Whether a span is to be looked at more closely: it has a hole in it, or is long and holds several states."""
    _, _, measured, idle, bad, excluded, _ = map(sub, b, a)
    if excluded:
        return HOLE if excluded < minutes else PURE
    if 0 < measured < minutes:
        return HOLE
    if minutes <= finest or measured < minutes:
        return PURE
    return PURE if bad in (0, minutes) and idle in (0, minutes) else SEVERAL


def _joined(parts: Iterable[_Part]) -> tuple[Stretch, ...]:
    """The parts put together by state, in the order of `_STATES` where one holds several."""
    found: list[tuple[str, int]] = []
    state, end = "", 0
    for start, end, a, b, _ in parts:
        _, _, measured, idle, bad, excluded, before = map(sub, b, a)
        good, at = measured - idle - bad, start
        if good == end - start and state == GOOD:
            continue
        unmeasured = end - start - measured - excluded - before
        for one, minutes in zip(_STATES, (before, good, bad, idle, unmeasured, excluded), strict=True):
            if minutes:
                if one != state:
                    found.append((one, at))
                    state = one
                at += minutes
    ends = [*(start for _, start in found[1:]), end]
    return tuple(Stretch(one, instant(start + 1), end - start) for (one, start), end in zip(found, ends, strict=True))
