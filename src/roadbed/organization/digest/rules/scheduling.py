"""When a digest is due: an hour of a weekday by somebody's own clock, also where that clock skips or repeats it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Invalid, Place

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK: Final = timedelta(days=7)
GRACE: Final = timedelta(hours=24)
"""A digest that could not be sent for longer, because nothing ran, is left out: the next one tells more."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A weekday from 0 for Monday, an hour from 0 to 23, and a zone like Europe/Stockholm."""

    weekday: int = 0
    hour: int = 8
    zone: str = "UTC"


def checked(weekday: str, hour: int, zone: str) -> Clock:
    """The clock that somebody asked for.

    Raises:
        Invalid: naming the field.
    """
    if weekday.lower() not in DAYS:
        raise Invalid(f"{weekday[:20]!r} is no weekday.", remedy=f"One of {', '.join(DAYS)}.", place=Place(field="day"))
    if not 0 <= hour <= 23:  # noqa: PLR2004 - a day's hours
        raise Invalid(f"{hour} is no hour.", remedy="Write 0 to 23.", place=Place(field="hour"))
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            f"{zone[:60]!r} is no time zone.", remedy="Write it like Europe/Stockholm.", place=Place(field="zone")
        ) from None
    return Clock(DAYS.index(weekday.lower()), hour, zone)


def due(clock: Clock, *, now: datetime) -> datetime:
    """The last time it was due, in UTC. An hour that the clock skips is the one after it, a repeated one its first."""
    zone = ZoneInfo(clock.zone)
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - clock.weekday) % 7)
    at = datetime.combine(day, time(clock.hour), zone).astimezone(UTC)
    if at <= now:
        return at
    return datetime.combine(day - WEEK, time(clock.hour), zone).astimezone(UTC)


def week_of(clock: Clock, at: datetime) -> str:
    """The ISO week of a due time by that clock, like 2026-W48: there is one digest in each."""
    year, week, _ = at.astimezone(ZoneInfo(clock.zone)).isocalendar()
    return f"{year}-W{week:02}"


def is_wanted(at: datetime, *, since: datetime, now: datetime) -> bool:
    """Whether a due time is to be kept: it was wanted by then already, and it is not over for too long."""
    return since <= at and now - at <= GRACE
