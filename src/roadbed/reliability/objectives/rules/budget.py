"""The error budget: what a target allows of the events of a window, and what is left of that."""

from __future__ import annotations

from dataclasses import dataclass

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class Budget:
    """A window's budget, counted in events over the whole of it, never as an average of averages.

    Attributes:
        attainment: good / total; None without events, or where the indicator is broken.
        remaining: 1 − bad / ((1 − target) · total); negative when overspent; None as above.
        allowed: whole bad events that the window's traffic allows.
        bad: bad events.
    """

    attainment: float | None
    remaining: float | None
    allowed: int
    bad: int

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.remaining is not None and self.remaining <= 0


def budget(counts: Counts, target: Target) -> Budget:
    """What is left. One division of whole numbers, so the figure is exact to the last digit of a float."""
    if counts.total <= 0 or counts.broken:
        return Budget(attainment=None, remaining=None, allowed=0, bad=max(0, counts.bad))
    allowance = target.spare * counts.total
    return Budget(
        attainment=counts.good / counts.total,
        remaining=(allowance - counts.bad * target.of) / allowance,
        allowed=allowance // target.of,
        bad=counts.bad,
    )
