"""The minutes of one series in memory: what offline evaluation reads, and what stored sums must agree with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from operator import gt, or_

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.spans import Cut, Span
from roadbed.reliability.objectives.rules.targets import Target

NOTHING = Cut.of(())


@dataclass
class History:
    """Measured minutes with their counts. A minute that is not there is unmeasured; a later count replaces it.

    Attributes:
        target: what a minute by itself is held against; None where all of it must be good.
        begins: the first minute of the promise; what lies before it does not count. None where it always stood.
    """

    target: Target | None
    own: dict[int, tuple[int, int]] = field(default_factory=dict)
    begins: int | None = None
    cut: Cut = NOTHING
    _sums: _Sums | None = None

    def count(self, minute: int, *, good: int, total: int) -> None:
        """Say what a minute held, early or late; saying it again replaces it."""
        self.own[minute] = (good, total)
        self._sums = None

    def exclude(self, spans: Iterable[Span]) -> None:
        """Take spans of minutes out of the promise, also after the fact; where they overlap they count once."""
        self.cut = Cut.of((*self.cut.spans, *spans))
        self._sums = None

    def counts(self, end: int, minutes: int) -> Counts:
        """The window of so many minutes whose last minute is `end`."""
        first, until = end - minutes + 1, end + 1
        begins = first if self.begins is None else min(max(first, self.begins), until)
        sums = self.sums
        a, b = sums.place(begins), sums.place(until)
        good, total, idle, bad, broken = (column[b] - column[a] for column in sums.columns)
        return Counts(
            minutes,
            good,
            total,
            measured=b - a,
            idle=idle,
            bad_minutes=bad,
            excluded=self.cut.between(begins, until),
            before=begins - first,
            broken_minutes=broken,
        )

    @property
    def sums(self) -> _Sums:
        """The minutes that count, in order, with everything summed up."""
        if self._sums is None:
            self._sums = _Sums.of(self)
        return self._sums


@dataclass(frozen=True, slots=True)
class _Sums:
    """Minutes that are measured and not excluded, and what lies before each: good, total, idle, bad, broken."""

    minutes: list[int]
    columns: tuple[list[int], ...]

    @classmethod
    def of(cls, history: History) -> _Sums:
        own, cut, target = history.own, history.cut, history.target
        minutes = [minute for minute in sorted(own) if not cut.holds(minute)] if cut.spans else sorted(own)
        pairs = [own[minute] for minute in minutes]
        good, total = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        kept, of = (1, 1) if target is None else (target.good, target.of)
        # The same judgement as `state_of`, written out: a year has half a million minutes.
        broken = list(map(gt, good, total))
        bad = [g * of < kept * t for g, t in pairs]
        if any(broken):
            bad = list(map(or_, bad, broken))
        idle = [t == 0 == g for g, t in pairs]
        columns = (good, total, idle, bad, broken)
        return cls(minutes, tuple(list(accumulate(column, initial=0)) for column in columns))

    def place(self, minute: int) -> int:
        """How many of the minutes lie before this one."""
        return bisect_left(self.minutes, minute)
