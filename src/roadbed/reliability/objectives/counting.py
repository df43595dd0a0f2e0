"""Exact counts of one series between any two minutes, without what is excluded, each minute read once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import sub
from typing import NamedTuple

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.rules.counts import ZERO, Counts, Cumulative
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.minutes import promised_from
from roadbed.reliability.objectives.rules.spans import Cut


class UpTo(NamedTuple):
    """What counts up to and including a minute; any two differ by what counts between them."""

    good: int
    total: int
    measured: int
    idle: int
    bad_minutes: int
    excluded: int
    before: int


@dataclass
class Reader:
    """Reads one series, begun in minute `since`; `between(a, b)` is what lies after minute a, up to and with b."""

    series: int
    stored: store.StoredHead
    since: int
    cut: Cut = NOTHING
    known: dict[int, Cumulative] = field(default_factory=dict)
    begins: int = field(init=False)
    _upto: dict[int, UpTo] = field(default_factory=dict)
    _gone: list[Cumulative] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begins = promised_from(self.stored.head, self.since)
        # What lies before the promise is not excluded from it either.
        self.cut = self.cut.since(self.begins)

    def fetch(self, minutes: Iterable[int]) -> None:
        """Read several minutes at once, and the edges of what is excluded; what is known is not read again."""
        edges = () if self._gone else (minute - 1 for span in self.cut.spans for minute in span)
        missing = {*minutes, *edges} - self.known.keys()
        if missing:
            self.known |= store.until({self.series: self.stored}, missing)[self.series]
        if not self._gone:
            gone = ZERO
            for first, until in self.cut.spans:
                self._gone.append(gone)
                gone += self.known[until - 1] - self.known[first - 1]
            self._gone.append(gone)

    def between(self, start: int, end: int) -> Counts:
        """What counts after one minute up to another."""
        a, b = self.upto(start), self.upto(end)
        return tuple.__new__(Counts, (end - start, *map(sub, b, a), 0))

    def upto(self, minute: int) -> UpTo:
        """What counts up to and including a minute."""
        found = self._upto.get(minute)
        if found is None:
            if minute not in self.known or not self._gone:
                self.fetch((minute,))
            found = self._upto[minute] = self._found(minute)
        return found

    def _found(self, minute: int) -> UpTo:
        held, excluded, cut = self.known[minute], 0, self.cut
        if not cut.spans:
            return tuple.__new__(UpTo, (*held, 0, min(minute, self.begins - 1)))
        if place := bisect_right(cut.firsts, minute):
            first, until = cut.spans[place - 1]
            # Inside of what is excluded nothing counts any more than before it.
            held = self.known[first - 1] - self._gone[place - 1] if minute < until else held - self._gone[place]
            excluded = cut.before(minute + 1)
        return tuple.__new__(UpTo, (*held, excluded, min(minute, self.begins - 1)))

    def edges(self, start: int, end: int) -> list[int]:
        """The minutes of a stretch after which exclusions begin and end, and the promise itself begins."""
        edges = (minute - 1 for span in (*self.cut.spans, (self.begins,)) for minute in span)
        return [minute for minute in edges if start < minute < end]
