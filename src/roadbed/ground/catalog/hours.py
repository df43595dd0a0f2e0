"""The hours of a shared engagement, in which the owner is paged: days and times on a zone's wall clock; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roadbed.ground.errors import Invalid, Place

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EXAMPLE: Final = "Mon-Fri 08:00-18:00 Europe/Berlin"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS: Final = re.compile(rf"(\S+)\s+(?P<from>{_TIME})-(?P<to>{_TIME}|24:00)(?:\s+(?P<zone>\S+))?")


def hours_of(text: str) -> dict[str, Any]:
    """Hours such as “Mon-Fri 08:00-18:00 Europe/Berlin”: days (0 is Monday), from, to and zone.

    Raises:
        Invalid: saying what cannot be read.
    """
    match = _HOURS.fullmatch(text.strip())
    days = _days(match[1]) if match else None
    if match is None or days is None or match["from"] >= match["to"]:
        raise Invalid(
            f"{text[:80]!r} are no hours within days.", remedy=f"Like {EXAMPLE}.", place=Place(field="owner_hours")
        )
    zone = match["zone"] or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"There is no time zone {zone[:60]}.", remedy=f"Like {EXAMPLE}.", place=Place(field="owner_hours")
        ) from None
    return {"days": days, "from": match["from"], "to": match["to"], "zone": zone}


def _days(text: str) -> list[int] | None:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        ends = [_day(name) for name in (first, last or first)]
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            return None
        found |= set(range(ends[0], ends[1] + 1))
    return sorted(found)


def _day(name: str) -> int | None:
    short = name[:3].title()
    return DAYS.index(short) if short in DAYS and name else None


def within(hours: Mapping[str, Any], at: datetime) -> bool:
    """Whether an instant lies in the hours, on their zone's wall clock."""
    local = at.astimezone(ZoneInfo(hours["zone"]))
    return local.weekday() in hours["days"] and hours["from"] <= f"{local:%H:%M}" < hours["to"]


def in_words(hours: Mapping[str, Any]) -> str:
    """Like: Mon to Fri 08:00 to 18:00, Europe/Berlin."""
    days = list(hours["days"])
    run = len(days) > 2 and days == list(range(days[0], days[-1] + 1))  # noqa: PLR2004 - two days are named
    named = f"{DAYS[days[0]]} to {DAYS[days[-1]]}" if run else ", ".join(DAYS[day] for day in days)
    return f"{named} {hours['from']} to {hours['to']}, {hours['zone']}"
