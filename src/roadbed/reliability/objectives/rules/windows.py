"""Windows: their names, their lengths in minutes, and what an objective's own may be."""

from __future__ import annotations

import re
from typing import Final

MINUTES: Final = {"m": 1, "h": 60, "d": 1440, "w": 10080}
DURATION: Final = re.compile(r"(?P<number>[1-9][0-9]{0,5})(?P<unit>[mhdwMQY])")
CALENDAR_UNITS: Final = frozenset("MQY")
LONGEST: Final = 366 * 1440


def minutes_of(duration: str) -> int | None:
    """Minutes of a duration such as 5m, 6h, 30d, 4w; None where it is none, or a calendar unit (M, Q, Y)."""
    found = DURATION.fullmatch(duration)
    if found is None or found["unit"] in CALENDAR_UNITS:
        return None
    return int(found["number"]) * MINUTES[found["unit"]]


def is_calendar(duration: str) -> bool:
    """Whether the duration is of months, quarters or years, which have no fixed number of minutes."""
    found = DURATION.fullmatch(duration)
    return found is not None and found["unit"] in CALENDAR_UNITS


def name_of(minutes: int) -> str:
    """The shortest name: 43200 is 30d, 90 is 90m."""
    for unit in ("d", "h"):
        if minutes % MINUTES[unit] == 0:
            return f"{minutes // MINUTES[unit]}{unit}"
    return f"{minutes}m"


def in_words(minutes: int) -> str:
    """The length as a sentence says it: 5 minutes, 1 hour, 30 days."""
    for unit, word in (("d", "day"), ("h", "hour"), ("m", "minute")):
        if minutes % MINUTES[unit] == 0:
            number = minutes // MINUTES[unit]
            return f"{number} {word}{'' if number == 1 else 's'}"
    return f"{minutes} minutes"
