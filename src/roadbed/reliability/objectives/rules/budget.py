"""The error budget: what a target allows of the events of a window, and what is left of that."""

from __future__ import annotations

from typing import NamedTuple

from roadbed.reliability.objectives.rules.basis import Measure
from roadbed.reliability.objectives.rules.targets import Target


class Budget(NamedTuple):
    """A window's budget, counted in events or slices over the whole of it, never as an average of averages.

    Attributes:
        attainment: good / total; None without events, or where the indicator is broken.
        remaining: 1 − bad / ((1 − target) · total); negative when overspent; None as above.
        allowed: whole bad events, or slices, that the window allows.
        bad: bad events, or slices.
    """

    attainment: float | None
    remaining: float | None
    allowed: int
    bad: float

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.remaining is not None and self.remaining <= 0


def budget(measure: Measure, target: Target) -> Budget:
    """What is left. One division of whole numbers, so the figure is exact to the last digit of a float."""
    if measure.total <= 0 or measure.broken:
        return Budget(attainment=None, remaining=None, allowed=0, bad=max(0, measure.bad))
    allowance = target.spare * measure.total
    return Budget(
        attainment=(measure.total - measure.bad) / measure.total,
        remaining=(allowance - measure.bad * target.of) / allowance,
        allowed=allowance // target.of,
        bad=measure.bad,
    )
