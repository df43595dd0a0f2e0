"""What excluding time, or letting it count again, would change: each objective's figures before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.recurring import occurrences, rule_of
from roadbed.reliability.objectives import slicing
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded, ExclusionView
from roadbed.reliability.objectives.live import live_of, window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.reading import reader_of
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Question, Sliced, Verdict, judge, needed_windows
from roadbed.reliability.objectives.rules.kept import kept_of, sliced_of
from roadbed.reliability.objectives.rules.periods import zone_of

AHEAD: Final = timedelta(days=365)
NAMED: Final = 5
"""So many of the times are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Time that somebody wants to exclude; `objective` is a uid, empty for all of the service's."""

    service_uid: str
    objective: str
    starts_at: datetime
    ends_at: datetime
    rrule: str = ""
    zone: str = "UTC"

    @classmethod
    def of(cls, view: ExclusionView) -> Wish:
        """The wish that made an exclusion."""
        return cls(view.service_uid, view.objective, view.starts_at, view.ends_at, view.rrule, view.zone)

    @property
    def row(self) -> tuple[str, str, datetime, datetime, str, str]:
        return self.service_uid, self.objective, self.starts_at, self.ends_at, self.rrule.strip(), self.zone


@dataclass(frozen=True, slots=True)
class Figures:
    """An objective's figures over its window; those that cannot be had are None."""

    remaining: float | None
    attainment: float | None
    coverage: float | None
    bad: int
    total: int
    excluded: int
    standing: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One objective with nothing excluded, as it stands, and as it would.

    Attributes:
        minutes: how many minutes of its window the exclusion touches that no other one does.
        as_of: the instant of all three.
    """

    uid: str
    title: str
    target: str
    window: str
    raw: Figures
    now: Figures
    then: Figures
    minutes: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """The effects, and when the exclusion is: its first times, and how many there are in the coming year at most."""

    effects: tuple[Effect, ...]
    times: tuple[tuple[datetime, datetime], ...]
    more: int


def excluding(wish: Wish) -> Preview:
    """What it would change if such time were excluded. It changes nothing."""
    held = Excluded.of(wish.service_uid)
    return _preview(wish, held, held.also(wish.row))


def withdrawing(wish: Wish) -> Preview:
    """What it would change if such an exclusion, which stands, were withdrawn. It changes nothing."""
    held = Excluded.of(wish.service_uid)
    return _preview(wish, held, held.without(wish.row))


def _preview(wish: Wish, now: Excluded, then: Excluded) -> Preview:
    rows = Objective.objects.filter(service_uid=wish.service_uid, removed_at=None).order_by("title")
    if wish.objective:
        rows = rows.filter(uid=wish.objective)
    evaluated = {row.objective: row for row in Evaluated.objects.filter(service_uid=wish.service_uid)}
    effects = (_effect(row, evaluated[row.uid], now, then) for row in rows if row.uid in evaluated)
    rule = rule_of(wish.rrule.strip()) if wish.rrule.strip() else None
    times = occurrences(
        wish.starts_at, wish.ends_at - wish.starts_at, zone_of(wish.zone), rule,
        after=wish.starts_at, before=wish.starts_at + AHEAD,
    )  # fmt: skip
    return Preview(tuple(one for one in effects if one), times[:NAMED], max(0, len(times) - NAMED))


def _effect(row: Objective, evaluated: Evaluated, now: Excluded, then: Excluded) -> Effect | None:
    kept = kept_of(evaluated.kept)
    if kept is None:
        return None
    nothing = Excluded(())
    figures = [_figures(row, evaluated, kept.asked, excluded) for excluded in (nothing, now, then)]
    if None in figures:
        return None
    raw, before, after = (one for one in figures if one is not None)
    return Effect(
        uid=row.uid,
        title=row.title,
        target=f"{kept.asked.target.percent()}",
        window=window_kept(row.window, row.window_minutes).in_words(),
        raw=raw,
        now=before,
        then=after,
        minutes=abs(after.excluded - before.excluded),
        as_of=instant(evaluated.minute + 1),
    )


def _figures(row: Objective, evaluated: Evaluated, asked: Question, excluded: Excluded) -> Figures | None:
    last = evaluated.minute
    lengths = needed_windows(asked.period, asked.table, length=asked.length)
    reader = reader_of(row, first=last - max(lengths) + 1, until=last + 1, excluded=excluded)
    if reader is None:
        return None
    reader.fetch([last, *(last - length for length in lengths)])
    windows = {length: reader.between(last - length, last) for length in lengths}
    verdict: Verdict = judge(windows, asked, sliced=_sliced(row, reader, windows, asked, last=last, excluded=excluded))
    whole = windows[asked.period]
    return Figures(
        remaining=verdict.budget.remaining,
        attainment=verdict.budget.attainment,
        coverage=verdict.coverage,
        bad=whole.bad,
        total=whole.total,
        excluded=whole.excluded,
        standing=verdict.standing,
    )


def _sliced(
    row: Objective,
    reader: Reader,
    windows: Mapping[int, Counts],
    asked: Question,
    *,
    last: int,
    excluded: Excluded,
) -> Sliced | None:
    one, lengths = live_of(row), tuple(windows)
    if not one.budgeting.longer:
        return sliced_of(windows, asked, minute_slices=one.budgeting.sliced)
    slices = slicing.reader_of(one, reader.stored, excluded, end=last, since=last - max(lengths) + 1)
    return None if slices is None else slicing.sliced_of(slices, lengths)
