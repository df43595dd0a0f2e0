"""Values counted by what they round to, so that millions of them add up day by day and still have quantiles."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final, overload

DIGITS: Final = 3
"""Significant digits that are kept: whole numbers under a thousand stay what they are, longer ones err by 0.5%."""
Counts = dict[str, int]


def counted(values: Iterable[float]) -> Counts:
    """How often each value occurs, as JSON keeps it."""
    return dict(sorted(Counter(f"{value:.{DIGITS}g}" for value in values).items()))


def together(many: Iterable[Mapping[str, int]]) -> Tally:
    """The values of several counts as one."""
    total: Counter[str] = Counter()
    for one in many:
        total.update(one)
    return Tally(total)


class Tally(Sequence[float]):
    """Counted values as the sorted sequence that they stand for, whatever its length."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        pairs = sorted((float(value), count) for value, count in counts.items() if count > 0)
        self._values = [value for value, _ in pairs]
        self._ends = list(accumulate(count for _, count in pairs))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> float: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[float]: ...
    def __getitem__(self, at: int | slice) -> float | Sequence[float]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError(at)
        return self._values[bisect_right(self._ends, place)]
