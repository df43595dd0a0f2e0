"""The burn rate: how many times faster than the target allows a window spends."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.basis import Measure
from roadbed.reliability.objectives.rules.targets import Target


def burn(measure: Measure, target: Target) -> float | None:
    """(bad / total) / (1 − target); None without events or where the indicator is broken, never NaN."""
    if measure.total <= 0 or measure.broken:
        return None
    return measure.bad * target.of / (target.spare * measure.total)


def exceeds(measure: Measure, target: Target, *, times: int, of: int, or_equals: bool = False) -> bool:
    """Whether the burn is above times/of, or also just that, decided in whole numbers."""
    if measure.total <= 0 or measure.broken:
        return False
    spent, allowed = measure.bad * target.of * of, times * target.spare * measure.total
    return spent >= allowed if or_equals else spent > allowed
