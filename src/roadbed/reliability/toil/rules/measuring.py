"""Toil as a share of the time that people have, and where it asks for something to be done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HOURS_A_WEEK: Final = 40.0
WARN, ACT = 0.30, 0.50
"""The SRE book bounds toil at half of the time; at 30 % it is told early."""

MONTH, QUARTER = 28, 91
Z95: Final = 1.959963984540054
WITHIN, WARNED, ACTED = "within", "warn", "act"


@dataclass(frozen=True, slots=True)
class Share:
    """Hours of toil over hours available; no share where nobody is there."""

    hours: float
    available: float
    share: float | None
    state: str


def share_of(minutes: float, *, people: int, days: int) -> Share:
    """The share of a team's time, or of one person's with `people` of 1."""
    available = people * HOURS_A_WEEK * days / 7
    share = minutes / 60 / available if available else None
    return Share(minutes / 60, available, share, state_of(share))


def chance_of(minutes: Sequence[int]) -> tuple[float, float]:
    """The minutes that as much toil could have come to by chance, with 95%.

    Pieces of work come on their own, so that their number is as good as Poisson and the spread of their sum is the root
    of the sum of squares: one piece more or less, or a longer one, is no change of the load.
    """
    spread = Z95 * math.sqrt(sum(one * one for one in minutes))
    return max(0.0, sum(minutes) - spread), sum(minutes) + spread


def state_of(share: float | None) -> str:
    """Whether a share is within, to be warned of, or to be acted on; empty where there is none."""
    if share is None:
        return ""
    return ACTED if share >= ACT else WARNED if share >= WARN else WITHIN
