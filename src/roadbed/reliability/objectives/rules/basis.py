"""What a budget and a burn are fractions of: events, or slices of time."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Measure(Protocol):
    """Bad ones of so many. A total of 0 says nothing; a broken one says nothing either."""

    @property
    def bad(self) -> float: ...
    @property
    def total(self) -> int: ...
    @property
    def broken(self) -> bool: ...


class Basis(NamedTuple):
    """A measure by itself; of slices the bad may be a sum of shares."""

    bad: float
    total: int
    broken: bool = False
