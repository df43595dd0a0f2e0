"""Whether twelve weeks of a figure moved, or only varied as weeks do: Mann and Kendall's test, sparing with alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from statistics import median
from typing import Final

from roadbed.delivery.metrics.rules.figures import FAIL_RATE, FREQUENCY, LEAD_TIME, REWORK_RATE
from roadbed.delivery.metrics.rules.trends import Week

ALPHA: Final = 0.01
"""How often a figure that does not move is said to: four figures stand on a page, and 1 in 25 pages may err."""
FEWEST: Final = 8
"""Weeks; of fewer no test at that level says anything."""
RISING, FALLING, STEADY, UNKNOWN = "rising", "falling", "steady", "unknown"


@dataclass(frozen=True, slots=True)
class Drift:
    """What the weeks of a figure say.

    Attributes:
        direction: rising, falling, steady (no evidence of either) or unknown (too few weeks).
        p: how often a figure that does not move looks like this; None where unknown.
        slope: Theil and Sen's change a week, in the figure's unit; None where unknown.
        n: weeks that have a value.
    """

    direction: str
    p: float | None
    slope: float | None
    n: int


def drift(values: Sequence[float | None]) -> Drift:
    """Test weekly values, oldest first; a week without one is left out, never taken as zero.

    The p-value is exact for values that do not repeat. Repeated ones, and weeks that resemble the one before, make it
    larger, so that neither raises an alarm.
    """
    known = [(at, value) for at, value in enumerate(values) if value is not None and math.isfinite(value)]
    count = len(known)
    if count < FEWEST:
        return Drift(UNKNOWN, None, None, count)
    slopes = [(later[1] - one[1]) / (later[0] - one[0]) for one, later in combinations(known, 2)]
    score = sum((slope > 0) - (slope < 0) for slope in slopes)
    slope = median(slopes)
    p = _p_value(count, score, _likeness([value - slope * at for at, value in known]))
    if p >= ALPHA or score == 0:
        return Drift(STEADY, p, slope, count)
    return Drift(RISING if score > 0 else FALLING, p, slope, count)


def _likeness(rest: Sequence[float]) -> float:
    """How much a week resembles the one before, from its ranks: 0 for not at all."""
    ranks = [sum(other < one for other in rest) + (sum(other == one for other in rest) - 1) / 2 for one in rest]
    middle = sum(ranks) / len(ranks)
    spread = sum((one - middle) ** 2 for one in ranks)
    if spread == 0:
        return 0.0
    alike = sum((one - middle) * (later - middle) for one, later in pairwise(ranks)) / spread
    # The trend was taken out, which makes neighbours look less alike than they are.
    corrected = alike + (1 + 3 * alike) / len(ranks)
    return min(0.9, max(0.0, corrected))


def _p_value(count: int, score: int, alike: float) -> float:
    exact = _exact(count, abs(score))
    variance = count * (count - 1) * (2 * count + 5) / 18 * (1 + alike) / (1 - alike)
    normal = math.erfc(max(0, abs(score) - 1) / math.sqrt(2 * variance))
    return min(1.0, max(exact, normal))


@cache
def _ways(count: int) -> tuple[int, ...]:
    """How many orders of so many values have each number of inversions."""
    ways = [1]
    for size in range(2, count + 1):
        ways = [sum(ways[max(0, at - size + 1) : at + 1]) for at in range(len(ways) + size - 1)]
    return tuple(ways)


def _exact(count: int, score: int) -> float:
    """The share of all orders whose score is at least so far from zero."""
    ways = _ways(count)
    most = count * (count - 1) // 2
    far = sum(number for inversions, number in enumerate(ways) if abs(most - 2 * inversions) >= score)
    return far / math.factorial(count)


def drifts(weeks: Sequence[Week]) -> dict[str, Drift]:
    """The four figures that a week has enough of; recoveries are too few."""
    busy = [week.deployments > 0 for week in weeks]
    # The week of the first deployment is known only in part, and a half-empty first week looks like a rise.
    begun = busy.index(True) + 1 if True in busy[1:] and not busy[0] else 0
    told = weeks[begun:] if True in busy else ()
    return {
        FREQUENCY: drift([float(week.deployments) for week in told]),
        LEAD_TIME: drift([week.lead_median for week in told]),
        FAIL_RATE: drift([week.failed / week.deployments if week.deployments else None for week in told]),
        REWORK_RATE: drift([week.unplanned / week.deployments if week.deployments else None for week in told]),
    }
