"""Forecasts: when the budget will be spent at the present burn, and when a spent one comes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.basis import Measure
from roadbed.reliability.objectives.rules.targets import Target

_NORMAL_TWO_SIDED_95: Final = 1.959963984540054
FURTHEST: Final = 10 * 365 * 1440
"""Minutes; beyond ten years a forecast says nothing, and it is left out."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Minutes until nothing is left, with an interval. `latest` is None where it may also never happen.

    Attributes:
        basis: minutes of the window whose burn is assumed to go on.
    """

    minutes: float
    earliest: float
    latest: float | None
    basis: int


def interval(bad: float, total: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of the share of bad events; None without events."""
    if total <= 0 or not 0 <= bad <= total:
        return None
    share, z2 = bad / total, _NORMAL_TWO_SIDED_95**2
    middle = share + z2 / (2 * total)
    reach = _NORMAL_TWO_SIDED_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    low, high = (middle - reach) / (1 + z2 / total), (middle + reach) / (1 + z2 / total)
    return (0.0 if bad == 0 else max(0.0, low)), (1.0 if bad == total else min(1.0, high))


def exhaustion(
    remaining: float | None, measure: Measure, target: Target, *, period: int, basis: int
) -> Forecast | None:
    """When what is *left* is spent, if the burn of the last `basis` minutes goes on: remaining · period / burn.

    None when nothing is known, nothing is left, nothing burns, or it lies beyond ten years.
    """
    bounds = None if measure.broken else interval(measure.bad, measure.total)
    if remaining is None or remaining <= 0 or bounds is None or measure.bad <= 0:
        return None
    left = remaining * period * target.spare / target.of

    def at(share: float) -> float | None:
        minutes = left / share if share > 0 else math.inf
        return minutes if minutes <= FURTHEST else None

    minutes, earliest = at(measure.bad / measure.total), at(bounds[1])
    if minutes is None or earliest is None:
        return None
    return Forecast(minutes=minutes, earliest=earliest, latest=at(bounds[0]), basis=basis)


def returns_after(window: Measure, target: Target, bad_of_first: Callable[[int], float], *, period: int) -> int | None:
    """In how many minutes a spent budget is above zero again, if traffic goes on as it was and nothing more fails.

    The worst part has to leave the rolling window. `bad_of_first(m)` counts bad events in the window's first m
    minutes; it only grows, so halving finds the minute. None where the budget is not spent.
    """
    if window.total <= 0 or window.broken:
        return None
    allowance = target.spare * window.total

    def above_zero(shift: int) -> bool:
        return (window.bad - bad_of_first(shift)) * target.of < allowance

    if above_zero(0):
        return None
    low, high = 0, period
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if above_zero(middle) else (middle, high)
    return high
