"""What to automate first: hours that a task costs, what its automation pays back, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

FEWEST: Final = 3
"""Samples without which it is too early to say."""

DAYS_A_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What a task costs a month, in hours: the middle, and the middle half of its samples."""

    samples: int
    low: float
    hours: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What its automation would take: hours to build, from and to, and hours of upkeep a month."""

    build_low: float
    build_high: float
    upkeep: float

    @property
    def build(self) -> float:
        return (self.build_low + self.build_high) / 2


@dataclass(frozen=True, slots=True)
class Payback:
    """Months until it is paid back, None where it never is; and hours won in the first year, which may be lost."""

    soonest: float | None
    months: float | None
    latest: float | None
    won: float


def cost_of(minutes: Sequence[int], *, days: int) -> Cost | None:
    """A task's cost out of its samples in a span: median minutes times how often it comes; None with too few."""
    if len(minutes) < FEWEST or days <= 0:
        return None
    often = len(minutes) / days * DAYS_A_MONTH
    quarters = quantiles(minutes, n=4, method="inclusive")
    return Cost(len(minutes), quarters[0] * often / 60, median(minutes) * often / 60, quarters[2] * often / 60)


def payback_of(cost: Cost, estimate: Estimate) -> Payback:
    """What automating a task brings, taken that it takes all of its time away."""
    return Payback(
        soonest=_months(estimate.build_low, cost.high - estimate.upkeep),
        months=_months(estimate.build, cost.hours - estimate.upkeep),
        latest=_months(estimate.build_high, cost.low - estimate.upkeep),
        won=12 * (cost.hours - estimate.upkeep) - estimate.build,
    )


def _months(build: float, saved: float) -> float | None:
    return build / saved if saved > 0 else None
