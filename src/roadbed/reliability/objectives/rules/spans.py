"""Spans of minutes as they are taken out of a promise: put together where they touch, so that none counts twice."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

Span = tuple[int, int]
"""The first minute, and the minute after the last."""


def touched(start: datetime, end: datetime) -> Span:
    """Every minute that two instants touch: nobody can say which events of a minute lay on which side."""
    first, until = int(start.timestamp()) // 60, -(-int(end.timestamp() * 1_000_000) // 60_000_000)
    return first, max(first + 1, until)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same minutes as spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for first, until in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif first < until:
            found.append((first, until))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Cut:
    """Merged spans with their lengths summed up, so that any stretch is looked up and not walked."""

    spans: tuple[Span, ...]
    firsts: tuple[int, ...]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Cut:
        held = merged(spans)
        lengths = accumulate((until - first for first, until in held), initial=0)
        return cls(held, tuple(first for first, _ in held), tuple(lengths))

    def before(self, minute: int) -> int:
        """How many minutes before this one are cut out."""
        place = bisect_right(self.firsts, minute - 1)
        if not place:
            return 0
        first, until = self.spans[place - 1]
        return self.lengths[place - 1] + min(minute, until) - first

    def between(self, first: int, until: int) -> int:
        """How many minutes of a stretch are cut out."""
        return self.before(until) - self.before(first) if self.spans else 0

    def holds(self, minute: int) -> bool:
        return self.between(minute, minute + 1) == 1

    def since(self, first: int) -> Cut:
        """What of it lies at or after a minute."""
        return Cut.of((max(first, start), until) for start, until in self.spans if until > first)
