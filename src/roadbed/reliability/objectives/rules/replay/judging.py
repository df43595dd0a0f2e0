"""How an objective stood at the end of each minute of a stretch: the same verdicts as `judge`, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.budgeting import PLAIN, TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.evaluation import (
    AT_RISK,
    BROKEN,
    BURNING,
    IDLE,
    LOW_BUDGET,
    SPENT,
    UNMEASURED,
    WITHIN,
    needed_windows,
)
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.replay.sums import Column, Sums, sums_of
from roadbed.reliability.objectives.rules.tables import ROADBED, Table
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import EVENTS, PAGE, SLICES, Pair, guard
from roadbed.reliability.objectives.rules.windows import name_of


class ReplayError(ValueError):
    """Why a budget cannot be replayed."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is replayed: an objective's target, window, way of counting and table of alerts."""

    name: str
    target: Target
    window: Window
    budgeting: Budgeting = PLAIN
    table: Table = ROADBED

    def __post_init__(self) -> None:
        if self.budgeting.sliced and (self.budgeting.method != TIMESLICES or self.budgeting.slice_minutes != 1):
            raise ReplayError(f"{self.name} is counted in slices longer than a minute or in shares of slices")
        if any(pair.after for pair in self.table.pairs):
            raise ReplayError(f"{self.name} has an alert condition that must hold for a while")

    @property
    def judged(self) -> Target | None:
        """What a minute by itself is held against."""
        return self.budgeting.judges_by(self.target)


@dataclass(slots=True)
class Past:
    """How it stood at the end of each minute from `first` on.

    Attributes:
        pages: names of the pairs of the page level that fired; `tickets` of the others.
        burns: burn rates by window in minutes, as far as they are asked for; None where nothing was counted, or
            where evaluating does not look at that window.
        named_burns: the same by the windows' names.
    """

    first: int
    standing: list[str] = field(default_factory=list)
    pages: list[tuple[str, ...]] = field(default_factory=list)
    tickets: list[tuple[str, ...]] = field(default_factory=list)
    remaining: list[float | None] = field(default_factory=list)
    bad: Column = field(default_factory=list)
    allowed: Column = field(default_factory=list)
    coverage: list[float | None] = field(default_factory=list)
    elapsed: Column = field(default_factory=list)
    burns: dict[int, list[float | None]] = field(default_factory=dict)
    named_burns: tuple[tuple[str, list[float | None]], ...] = ()


def judge_past(promise: Promise, history: History, *, first: int, last: int, burns: Sequence[int] = ()) -> Past:
    """How an objective stood at the end of each minute of a stretch, both ends included."""
    stretches = list(_stretches(promise.window, first, last))
    longest = longest_window(promise, first, last, burns)
    sums = sums_of(history, first - longest, last)
    past = Past(first, burns={minutes: [] for minutes in burns})
    for stretch in stretches:
        _Stretch(promise, history, sums, stretch, past).judge()
    past.named_burns = tuple((name_of(minutes), column) for minutes, column in past.burns.items())
    return past


def longest_window(promise: Promise, first: int, last: int, burns: Sequence[int] = ()) -> int:
    """How many minutes before the first are needed to judge a stretch."""
    return max(_longest(promise, stretch, burns) for stretch in _stretches(promise.window, first, last))


@dataclass(frozen=True, slots=True)
class _Minutes:
    """Minutes whose windows are of one length; by the calendar they are of one period."""

    first: int
    until: int
    length: int
    begins: int | None


def _longest(promise: Promise, stretch: _Minutes, burns: Sequence[int]) -> int:
    windows = needed_windows(stretch.length, promise.table, length=stretch.length)
    return max(*windows, *burns, stretch.first - (stretch.begins or stretch.first), 1)


def _stretches(window: Window, first: int, last: int) -> Iterator[_Minutes]:
    if window.by_calendar:
        while first <= last:
            period = window.at(first)
            until = min(period.end, last + 1)
            yield _Minutes(first, until, period.length, period.first)
            first = until
        return
    if window.at(first).length == window.at(last).length == window.nominal:
        yield _Minutes(first, last + 1, window.nominal, None)
        return

    def length(minute: int) -> int:
        return window.at(minute).length

    for minutes, together in groupby(range(first, last + 1), length):
        held = list(together)
        yield _Minutes(held[0], held[-1] + 1, minutes, None)


class _Stretch:
    """One stretch judged."""

    def __init__(self, promise: Promise, history: History, sums: Sums, minutes: _Minutes, past: Past) -> None:
        self.promise, self.history, self.sums, self.minutes, self.past = promise, history, sums, minutes, past
        self.places = sums.places(minutes.first, minutes.until)
        self.target = promise.target
        self.sliced = promise.budgeting.sliced

    def judge(self) -> None:
        fired = [(pair, self._fired(pair)) for pair in self.promise.table.of(self.minutes.length)]
        pages = _names([(pair.name, held) for pair, held in fired if pair.severity == PAGE], len(self.places))
        tickets = _names([(pair.name, held) for pair, held in fired if pair.severity != PAGE], len(self.places))
        self.past.pages += pages
        self.past.tickets += tickets
        for minutes, column in self.past.burns.items():
            column.extend(self._burns(minutes))
        self._budgets(pages, tickets)

    def _measures(self, minutes: int) -> tuple[Column, Column, Column]:
        """What burns in a window: bad ones, of how many, and whether it is broken."""
        held, places = self.sums.windows, self.places
        broken = held("broken", places, minutes)
        if self.sliced:
            measured, idle = held("measured", places, minutes), held("idle", places, minutes)
            total = [a if a > b else 0 for a, b in zip(measured, idle, strict=True)]
            return held("bad_minutes", places, minutes), total, broken
        total = held("total", places, minutes)
        good = held("good", places, minutes)
        return [a - b for a, b in zip(total, good, strict=True)], total, broken

    def _fired(self, pair: Pair) -> list[bool]:
        factor = pair.factor(self.minutes.length)
        least = factor.numerator * self.target.spare
        most = self.target.of * factor.denominator
        limit = float(factor * self.target.spare / self.target.of)
        unit = SLICES if self.sliced else EVENTS
        short, long = self._measures(pair.short), self._measures(pair.long)
        return [
            a > 0 and x > 0 and y > 0 and not p and not q
            and (a * most >= least * x and b * most >= least * y if pair.inclusive
                 else a * most > least * x and b * most > least * y)
            and _passes(pair, b, y, limit, unit)
            for a, x, p, b, y, q in zip(*short, *long, strict=True)
        ]  # fmt: skip

    def _burns(self, minutes: int) -> list[float | None]:
        length = self.minutes.length
        if minutes not in needed_windows(length, self.promise.table, length=length):
            return [None] * len(self.places)
        of, spare = self.target.of, self.target.spare
        return [
            a * of / (spare * x) if x > 0 and not p else None for a, x, p in zip(*self._measures(minutes), strict=True)
        ]

    def _whole(self, name: str) -> Column:
        begins = self.minutes.begins
        if begins is None:
            return self.sums.windows(name, self.places, self.minutes.length)
        return self.sums.since(name, self.places, begins)

    def _budgets(self, pages: list[tuple[str, ...]], tickets: list[tuple[str, ...]]) -> None:
        columns = [self._whole(name) for name in ("good", "total", "measured", "idle", "bad_minutes", "counting")]
        excluded, broken = self._whole("excluded"), self._broken()
        own, first, past = self.history.own, self.minutes.first, self.past
        for place, (good, total, measured, idle, bad_minutes, counting) in enumerate(zip(*columns, strict=True)):
            wrong = broken[place]
            if self.sliced:
                bad, of = bad_minutes, self.minutes.length - excluded[place] if measured > idle else 0
            else:
                bad, of = total - good, total
            left, allowed = self._left(bad, of, self._is_wrong(place))
            standing = WITHIN
            if wrong:
                standing = BROKEN
            elif left is not None and left <= 0:
                standing = SPENT
            elif measured == 0 or first + place not in own:
                standing = UNMEASURED
            elif pages[place]:
                standing = BURNING
            elif left is None:
                standing = IDLE
            elif left < LOW_BUDGET or tickets[place]:
                standing = AT_RISK
            past.standing.append(standing)
            past.remaining.append(left)
            past.bad.append(max(0, bad))
            past.allowed.append(allowed)
            past.coverage.append(measured / counting if counting else None)
            past.elapsed.append(self._elapsed(place))

    def _elapsed(self, place: int) -> int:
        begins = self.minutes.begins
        return self.minutes.length if begins is None else self.minutes.first + place + 1 - begins

    def _left(self, bad: int, total: int, wrong: bool) -> tuple[float | None, int]:  # noqa: FBT001 - a row
        if total <= 0 or wrong:
            return None, 0
        allowance = self.target.spare * total
        return (allowance - bad * self.target.of) / allowance, allowance // self.target.of

    def _is_wrong(self, place: int) -> bool:
        return self.whole_broken[place] > 0

    def _broken(self) -> list[bool]:
        """Whether any window that is looked at holds a minute with more good than total."""
        self.whole_broken = self._whole("broken")
        windows = needed_windows(self.minutes.length, self.promise.table, length=self.minutes.length)[:-1]
        longest = max(windows, default=0)
        beside = self.sums.windows("broken", self.places, longest) if longest else self.whole_broken
        return [a > 0 or b > 0 for a, b in zip(self.whole_broken, beside, strict=True)]


def _names(fired: list[tuple[str, list[bool]]], length: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()] * length
    for name, held in fired:
        if any(held):
            found = [(*names, name) if fires else names for names, fires in zip(found, held, strict=True)]
    return found


@lru_cache(maxsize=65536)
def _passes(pair: Pair, bad: int, total: int, limit: float, unit: str) -> bool:
    """Whether the guard lets a pair fire; the same counts come again for as long as a window holds them."""
    return guard(pair, Basis(bad, total), limit, unit=unit) == ""
