"""Values in order over several sorted arrays, which are never merged: any place is found exactly by counting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
SHORT: Final = 50_000
"""So many values are sorted as one."""
STEP: Final = 512
"""Each so-manieth value of an array stands for its neighbours while the place is narrowed down."""
_NOTHING: Final = np.zeros(0)


class Runs:
    """The values of sorted arrays as one sequence from the least to the greatest.

    Of each array every STEP-th value is sorted with those of the others; between two of these lies at most one step of
    each array more than their ranks say, so that the value at a place is among few, which are sorted when it is asked
    for.
    """

    __slots__ = ("_count", "_from", "_known", "_runs", "_some", "_steps")

    def __init__(self, runs: Iterable[Values]) -> None:
        """`runs` are sorted, each by itself."""
        self._runs = [one for one in runs if len(one)]
        self._count = sum(len(one) for one in self._runs)
        self._from, self._some = 0, _NOTHING
        self._known: dict[int, float] = {}
        self._steps: Values | None = None
        if self._count <= SHORT or len(self._runs) == 1:
            self._some = np.sort(np.concatenate(self._runs)) if len(self._runs) != 1 and self._runs else (
                self._runs[0] if self._runs else _NOTHING
            )  # fmt: skip

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __getitem__(self, place: int) -> float:
        """The value at a place, counted from 0 on.

        Raises:
            IndexError: outside of them.
        """
        if not 0 <= place < self._count:
            raise IndexError(place)
        if place not in self._known:
            begin, some = self._from, self._some
            if not begin <= place < begin + len(some):
                begin, some = self._from, self._some = self._around(place)
            self._known[place] = float(some[place - begin])
        return self._known[place]

    def _around(self, place: int) -> tuple[int, Values]:
        """Some values among which the one at this place is, in order, and how many lie before them."""
        if self._steps is None:
            self._steps = np.sort(np.concatenate([one[::STEP] for one in self._runs]))
        # No more values lie below the first of these steps than places do, and more up to the second, equal or not.
        low, high = self._steps[place // STEP], (place + 1) // STEP + 1 + len(self._runs)
        first = [int(np.searchsorted(one, low)) for one in self._runs]
        last = [len(one) for one in self._runs]
        if high < len(self._steps):
            last = [int(np.searchsorted(one, self._steps[high], "right")) for one in self._runs]
        cut = [one[begin:end] for one, begin, end in zip(self._runs, first, last, strict=True)]
        return sum(first), np.sort(np.concatenate(cut))
