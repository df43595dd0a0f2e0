"""What an automation saved, measured: hours of weeks before and after, and a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Final

WEEKS_A_MONTH: Final = 365.25 / 12 / 7
FEWEST_WEEKS: Final = 4
"""Whole weeks on each side, without which nothing is said."""

_T: Final = (
    12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09,
    2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
)  # fmt: skip
"""Student's t at 95 %, two-sided, by degrees of freedom from 1; beyond 30 it is 1.96 and a little."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Hours a month before and after, their difference, and its 95 % interval; negative where it costs more now."""

    before: float
    after: float
    saved: float
    low: float
    high: float
    weeks_before: int
    weeks_after: int

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def saving(before: Sequence[float], after: Sequence[float]) -> Saving | None:
    """The saving out of hours of whole weeks; None with fewer than four on a side.

    Welch's interval: the weeks before and after need not vary alike.
    """
    if len(before) < FEWEST_WEEKS or len(after) < FEWEST_WEEKS:
        return None
    one, other = variance(before) / len(before), variance(after) / len(after)
    difference, error = fmean(before) - fmean(after), math.sqrt(one + other)
    half = 0.0
    if error > 0:
        freedom = (one + other) ** 2 / (one**2 / (len(before) - 1) + other**2 / (len(after) - 1))
        half = quantile(freedom) * error
    month = WEEKS_A_MONTH
    return Saving(
        fmean(before) * month, fmean(after) * month, difference * month, (difference - half) * month,
        (difference + half) * month, len(before), len(after),
    )  # fmt: skip


def quantile(freedom: float) -> float:
    """Student's t at 95 %, rounded to the safe side."""
    whole = max(1, math.floor(freedom))
    return _T[whole - 1] if whole <= len(_T) else 1.96 + 2.4 / whole
