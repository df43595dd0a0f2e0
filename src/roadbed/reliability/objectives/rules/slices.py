"""Budgets in slices of time: which slices of a stretch are good, bad, idle, unmeasured or excluded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Final, NamedTuple

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.budgeting import RATIO_TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Sliced
from roadbed.reliability.objectives.rules.grids import Grid, Stretch
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.periods import Period, Window
from roadbed.reliability.objectives.rules.spans import Cut
from roadbed.reliability.objectives.rules.states import BAD, IDLE, state_of
from roadbed.reliability.objectives.rules.targets import Target

WHOLE: Final = 1 << 80
"""Shares of slices are added up as whole numbers of so many parts: more digits than a float has, in any order."""


class Sums(NamedTuple):
    """Slices added up. `spent` are the shares of bad events, in parts of WHOLE."""

    measured: int = 0
    idle: int = 0
    bad: int = 0
    broken: int = 0
    spent: int = 0

    def plus(self, other: Sums) -> Sums:
        a, b, c, d, e = self
        k, m, n, o, p = other
        return _make(Sums, (a + k, b + m, c + n, d + o, e + p))

    def minus(self, other: Sums) -> Sums:
        a, b, c, d, e = self
        k, m, n, o, p = other
        return _make(Sums, (a - k, b - m, c - n, d - o, e - p))


_make: Final = tuple.__new__
"""Half the time of calling the class, for what is made of every window of every objective."""

NONE: Final = Sums()


def judged(good: int, total: int, *, broken: bool, target: Target | None) -> Sums:
    """One measured slice, by what its minutes hold together."""
    state = state_of(measured=True, good=good, total=total, target=target)
    spent = 0 if broken or total <= 0 else (total - good) * WHOLE // total
    return Sums(1, int(state == IDLE), int(state == BAD), int(broken), spent)


class SliceCounts(NamedTuple):
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


def counted(
    stretch: Stretch,
    sums: Callable[[int, int], Sums],
    *,
    shares: bool,
    begins: int | None = None,
    excluded: Cut | None = None,
) -> SliceCounts:
    """The slices of a stretch.

    Args:
        stretch: which.
        sums: what the slices from one number up to another add up to.
        shares: whether the shares of bad events are spent; else bad slices whole.
        begins: the number of the slice in which the promise began; None where it always stood.
        excluded: the numbers of slices that are wholly excluded.
    """
    first = stretch.first if begins is None else min(max(stretch.first, begins), stretch.until)
    held = sums(first, stretch.until)
    cut = excluded.between(first, stretch.until) if excluded is not None else 0
    spent = held.spent / WHOLE if shares else held.bad
    to_come = stretch.whole - (stretch.until - stretch.first)
    before = first - stretch.first
    found = (stretch.whole, held[0], held[1], held[2], cut, before, to_come, spent, held[3] > 0)
    return _make(SliceCounts, found)


class Slices:
    """The slices of a history, each judged once it is over, by its minutes that are measured and not excluded."""

    def __init__(self, history: History, budgeting: Budgeting, window: Window, period: Period) -> None:
        self.grid = grid = Grid.of(budgeting, window, period)
        self.shares = budgeting.method == RATIO_TIMESLICES
        self.begins = None if history.begins is None else grid.number(history.begins)
        held = _held(history, grid, until=period.until)
        self.numbers = sorted(held)
        each = [
            judged(good, total, broken=broken, target=history.target)
            for good, total, broken in map(held.__getitem__, self.numbers)
        ]
        self.columns = tuple(list(accumulate(column, initial=0)) for column in zip(*each, strict=True)) or ([0],) * 5
        self.excluded = grid.wholly(history.cut, begins=history.begins)

    def of_period(self) -> SliceCounts:
        """The slices of the whole window."""
        return self._of(self.grid.of_period())

    def of_window(self, minutes: int) -> SliceCounts:
        """The slices of the last minutes; a window shorter than a slice looks at the last whole one."""
        return self._of(self.grid.of_window(minutes))

    def _of(self, stretch: Stretch) -> SliceCounts:
        return counted(stretch, self._sums, shares=self.shares, begins=self.begins, excluded=self.excluded)

    def _sums(self, first: int, until: int) -> Sums:
        a, b = bisect_left(self.numbers, first), bisect_left(self.numbers, until)
        return Sums(*(column[b] - column[a] for column in self.columns))


def _held(history: History, grid: Grid, *, until: int) -> dict[int, tuple[int, int, bool]]:
    held: dict[int, tuple[int, int, bool]] = {}
    begins, own, length, phase = history.begins, history.own, grid.length, grid.phase
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


def of_minutes(windows: Mapping[int, Counts], *, period: int, length: int) -> Sliced:
    """Slices of one minute, straight from counts whose minutes are judged by the slices' own target."""

    def measure(counts: Counts, of: int) -> Basis:
        return Basis(counts.bad_minutes, of if counts.measured > counts.idle else 0, counts.broken)

    whole = windows[period]
    found = {minutes: measure(counts, counts.measured) for minutes, counts in windows.items()}
    return Sliced(measure(whole, length - whole.excluded), found, whole=True)
