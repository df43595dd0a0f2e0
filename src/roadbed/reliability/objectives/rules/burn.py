"""The burn rate: how many times faster than the target allows a window spends."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.targets import Target


def burn(counts: Counts, target: Target) -> float | None:
    """(bad / total) / (1 − target); None without events or where the indicator is broken, never NaN."""
    if counts.total <= 0 or counts.broken:
        return None
    return counts.bad * target.of / (target.spare * counts.total)


def exceeds(counts: Counts, target: Target, *, times: int, of: int) -> bool:
    """Whether the burn is above times/of, decided in whole numbers."""
    if counts.total <= 0 or counts.broken:
        return False
    return counts.bad * target.of * of > times * target.spare * counts.total
