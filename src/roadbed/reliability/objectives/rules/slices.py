"""Budgets in slices of time: which slices of a stretch are good, bad, idle, unmeasured or excluded."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.budgeting import RATIO_TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Sliced
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.periods import Period, Window
from roadbed.reliability.objectives.rules.spans import Cut
from roadbed.reliability.objectives.rules.states import BAD, IDLE, state_of
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class SliceCounts:
    """The slices of a stretch.

    Attributes:
        whole: all slices of the stretch, also those to come and those before the promise began.
        measured: slices with a reading: good, bad and idle ones.
        spent: what they take from the budget, in slices: bad ones whole, or each one's share of bad events.
    """

    whole: int
    measured: int
    idle: int
    bad: int
    excluded: int
    before: int
    to_come: int
    spent: float
    broken: bool

    @property
    def total(self) -> int:
        """The slices that the budget is a share of."""
        return self.whole - self.excluded

    @property
    def judged(self) -> Basis:
        """What burns: what was spent, of the slices that were measured."""
        return Basis(self.spent, self.measured if self.measured > self.idle else 0, broken=self.broken)

    @property
    def budgeted(self) -> Basis:
        """What is left: what was spent, of all slices of the window."""
        return Basis(self.spent, self.total if self.measured > self.idle else 0, broken=self.broken)

    def by_state(self) -> dict[str, int]:
        """Slices by state; with those before and to come they add up to the whole."""
        unmeasured = self.whole - self.measured - self.excluded - self.before - self.to_come
        good = self.measured - self.idle - self.bad
        return {
            "good": good,
            "bad": self.bad,
            "idle": self.idle,
            "unmeasured": unmeasured,
            "excluded": self.excluded,
        }


class Slices:
    """The slices of a history, each judged once.

    By the calendar they are counted from the beginning of the period; in a rolling window they begin at whole
    multiples since 1970 in UTC. A slice is judged when it is over, by those of its minutes that are measured and not
    excluded.
    """

    def __init__(self, history: History, budgeting: Budgeting, window: Window, period: Period) -> None:
        self.length = budgeting.slice_minutes
        self.phase = period.first if window.by_calendar else 0
        self.window, self.period, self.history = window, period, history
        # The last slice of a calendar's period may be shorter, and is over with it.
        ended = window.by_calendar and period.until == period.end
        self.over = (period.until - self.phase + (self.length - 1) * ended) // self.length
        shares = budgeting.method == RATIO_TIMESLICES
        held = _held(history, self.length, self.phase, until=period.until)
        self.numbers = sorted(held)
        judged = [_judged(*held[number], target=history.target) for number in self.numbers]
        self.columns = tuple(list(accumulate(column, initial=0)) for column in zip(*judged, strict=True)) or ([0],) * 3
        self.spent = [_bad_share(*held[number]) for number in self.numbers] if shares else []
        self.shares = shares
        self.excluded = _whole_slices(history, self.length, self.phase, end=period.end if window.by_calendar else None)

    def of_period(self) -> SliceCounts:
        """The slices of the whole window."""
        if not self.window.by_calendar:
            return self._between(self.over - self.period.length // self.length, self.over)
        whole = -(-self.period.length // self.length)
        return self._between(0, self.over, whole=whole)

    def of_window(self, minutes: int) -> SliceCounts:
        """The slices of the last minutes; a window shorter than a slice looks at the last whole one."""
        over = self.over
        return self._between(over - max(1, minutes // self.length), over)

    def _between(self, first: int, until: int, *, whole: int | None = None) -> SliceCounts:
        begins = first
        if self.history.begins is not None:
            begins = min(max(first, (self.history.begins - self.phase) // self.length), until)
        a, b = bisect_left(self.numbers, begins), bisect_left(self.numbers, until)
        idle, bad, broken = (column[b] - column[a] for column in self.columns)
        spent = math.fsum(self.spent[a:b]) if self.shares else bad
        return SliceCounts(
            whole=until - first if whole is None else whole,
            measured=b - a,
            idle=idle,
            bad=bad,
            excluded=self.excluded.between(begins, until),
            before=begins - first,
            to_come=0 if whole is None else whole - (until - first),
            spent=spent,
            broken=broken > 0,
        )


def _held(history: History, length: int, phase: int, *, until: int) -> dict[int, tuple[int, int, bool]]:
    held: dict[int, tuple[int, int, bool]] = {}
    begins, own = history.begins, history.own
    for minute in history.sums.minutes:
        if minute >= until:
            break
        if begins is not None and minute < begins:
            continue
        good, total = own[minute]
        number = (minute - phase) // length
        before = held.get(number)
        broken = good > total
        held[number] = (
            (good, total, broken) if before is None else (before[0] + good, before[1] + total, before[2] or broken)
        )
    return held


def _judged(good: int, total: int, broken: bool, *, target: Target | None) -> tuple[int, int, int]:  # noqa: FBT001 - a row
    state = state_of(measured=True, good=good, total=total, target=target)
    return int(state == IDLE), int(state == BAD), int(broken)


def _bad_share(good: int, total: int, broken: bool) -> float:  # noqa: FBT001 - a row
    return 0.0 if broken or not total else (total - good) / total


def _whole_slices(history: History, length: int, phase: int, *, end: int | None) -> Cut:
    """The slices of which no minute counts because all are excluded; the last before `end` may be shorter."""
    found: list[tuple[int, int]] = []
    for start, stop in history.cut.spans:
        first, until = start, stop
        if history.begins is not None and start <= history.begins:
            # What lies before the promise is not to be measured either.
            first = min(start, (history.begins - phase) // length * length + phase)
        if end is not None and first < end <= until:
            until = max(until, phase - (phase - end) // length * length)
        found.append((-(-(first - phase) // length), (until - phase) // length))
    return Cut.of((first, until) for first, until in found if first < until)


def of_minutes(windows: Mapping[int, Counts], *, period: int, length: int) -> Sliced:
    """Slices of one minute, straight from counts whose minutes are judged by the slices' own target."""

    def measure(counts: Counts, of: int) -> Basis:
        return Basis(counts.bad_minutes, of if counts.measured > counts.idle else 0, counts.broken)

    whole = windows[period]
    judged = {minutes: measure(counts, counts.measured) for minutes, counts in windows.items()}
    return Sliced(measure(whole, length - whole.excluded), judged, whole=True)
