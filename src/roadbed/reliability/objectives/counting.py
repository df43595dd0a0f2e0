"""Exact counts of one series between any two minutes, without what is excluded, each minute read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.rules.counts import Counts, Cumulative
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.minutes import promised_from
from roadbed.reliability.objectives.rules.spans import Cut, Span


@dataclass
class Reader:
    """Reads one series, begun in minute `since`; `between(a, b)` is what lies after minute a, up to and with b."""

    series: int
    stored: store.StoredHead
    since: int
    cut: Cut = NOTHING
    known: dict[int, Cumulative] = field(default_factory=dict)

    @property
    def begins(self) -> int:
        """The first minute of the promise."""
        return promised_from(self.stored.head, self.since)

    def fetch(self, minutes: Iterable[int]) -> None:
        """Read several minutes at once; what is known already is not read again."""
        missing = {minute for minute in minutes if minute not in self.known}
        if missing:
            self.known |= store.until({self.series: self.stored}, missing)[self.series]

    def between(self, start: int, end: int) -> Counts:
        """What counts after one minute up to another."""
        held = self.raw(start, end)
        if not self.cut.spans:
            return held
        for first, until in self.excluded(start, end):
            held = held.without(self.raw(first - 1, until - 1))
        return held

    def raw(self, start: int, end: int) -> Counts:
        """The same with what is excluded."""
        before, last = self.known.get(start), self.known.get(end)
        if before is None or last is None:
            self.fetch((start, end))
            before, last = self.known[start], self.known[end]
        minutes = end - start
        return Counts.between(before, last, minutes=minutes, before=min(minutes, max(0, self.begins - 1 - start)))

    def excluded(self, start: int, end: int) -> list[Span]:
        """The excluded spans of a stretch, as far as they lie in it; their edges are read at once."""
        spans = [
            (max(first, start + 1), min(until, end + 1))
            for first, until in self.cut.spans
            if first <= end and until > start + 1
        ]
        self.fetch(minute - 1 for span in spans for minute in span)
        return spans
