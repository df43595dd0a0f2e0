"""Durations as distributions: the middle half and how many they are, never a mean; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

FEWEST: Final = 4
"""With fewer there is no middle half to speak of."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A duration in minutes over some incidents: lowest, middle half, median, highest."""

    n: int
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float


def spread(minutes: Sequence[float]) -> Spread | None:
    """The distribution; None with too few."""
    if len(minutes) < FEWEST:
        return None
    quarter, middle, three = quantiles(minutes, n=4, method="inclusive")
    return Spread(len(minutes), min(minutes), quarter, middle, three, max(minutes))
