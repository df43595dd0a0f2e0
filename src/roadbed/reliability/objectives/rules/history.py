"""The minutes of one series in memory: what offline evaluation reads, and what stored sums must agree with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from roadbed.reliability.objectives.rules.counts import ZERO, Counts, Cumulative, of_minute
from roadbed.reliability.objectives.rules.states import state_of
from roadbed.reliability.objectives.rules.targets import Target


@dataclass
class History:
    """Measured minutes with their counts. A minute that is not there is unmeasured; a later count replaces it."""

    target: Target
    own: dict[int, tuple[int, int]] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()
    _minutes: list[int] = field(default_factory=list)
    _sums: list[Cumulative] = field(default_factory=list)

    def count(self, minute: int, *, good: int, total: int) -> None:
        """Say what a minute held, early or late; saying it again replaces it."""
        self.own[minute] = (good, total)
        self._minutes.clear()

    def exclude(self, minutes: Iterable[int]) -> None:
        """Take minutes out of the promise, also after the fact."""
        self.excluded = self.excluded | frozenset(minutes)

    def counts(self, end: int, minutes: int) -> Counts:
        """The window of so many minutes whose last minute is `end`."""
        self._summed()
        held = Counts.between(self._until(end - minutes), self._until(end), minutes=minutes)
        for minute in self.excluded:
            if end - minutes < minute <= end:
                held = held.without(Counts.between(self._until(minute - 1), self._until(minute), minutes=1))
        return held

    def _until(self, minute: int) -> Cumulative:
        place = bisect_right(self._minutes, minute)
        return self._sums[place - 1] if place else ZERO

    def _summed(self) -> None:
        if len(self._minutes) == len(self.own):
            return
        self._minutes, self._sums, running = sorted(self.own), [], ZERO
        for minute in self._minutes:
            good, total = self.own[minute]
            state = state_of(measured=True, good=good, total=total, target=self.target)
            running += of_minute(good=good, total=total, state=state)
            self._sums.append(running)
