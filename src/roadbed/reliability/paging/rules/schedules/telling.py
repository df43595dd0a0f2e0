"""When owners are told of a gap, and how it is known again."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

HOURS: Final = (2, 24, 72)
"""A gap is told of once at each of these distances, at the nearest one alone when it shows up late."""


def distance_of(start: datetime, now: datetime) -> int | None:
    """The smallest distance that a gap is within, in hours; None when it is further away."""
    return next((hours for hours in HOURS if start - now <= timedelta(hours=hours)), None)


def key_of(what: tuple[str, str, str, str], starts: datetime, now: datetime, hours: int) -> str:
    """A gap at a distance.

    Args:
        what: team, rule, person, layer.
        starts: when it begins; the begin of one that goes on moves with the clock, and so may its end, so that it is
            known by its week.
        now: aware.
        hours: one of HOURS.
    """
    when = starts.isoformat() if starts > now else f"{now:%G-%V}"
    return sha256("\x00".join((*what, when, str(hours))).encode()).hexdigest()
