"""Toil as a share of the time that people have, and where it asks for something to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOURS_A_WEEK: Final = 40.0
WARN, ACT = 0.30, 0.50
"""The SRE book bounds toil at half of the time; at 30 % it is told early."""

MONTH, QUARTER = 28, 91
WITHIN, WARNED, ACTED = "within", "warn", "act"


@dataclass(frozen=True, slots=True)
class Share:
    """Hours of toil over hours available; no share where nobody is there."""

    hours: float
    available: float
    share: float | None
    state: str


def share_of(minutes: int, *, people: int, days: int) -> Share:
    """The share of a team's time, or of one person's with `people` of 1."""
    available = people * HOURS_A_WEEK * days / 7
    share = minutes / 60 / available if available else None
    return Share(minutes / 60, available, share, state_of(share))


def state_of(share: float | None) -> str:
    """Whether a share is within, to be warned of, or to be acted on; empty where there is none."""
    if share is None:
        return ""
    return ACTED if share >= ACT else WARNED if share >= WARN else WITHIN
