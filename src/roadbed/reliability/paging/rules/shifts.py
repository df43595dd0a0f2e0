"""A weekly rotation as arithmetic: every instant belongs to exactly one shift, whatever the clocks do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from roadbed.reliability.paging.rules.schedules.walls import instant

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who takes turns, and when one hands over.

    Attributes:
        people: in their order; the first one's shift begins on `anchor`, and again after everybody had theirs.
        weekday: 0 is Monday.
        at: the hand-over on the wall clock of the zone.
        zone: an IANA name.
        anchor: a date with that weekday.
    """

    people: tuple[str, ...]
    weekday: int
    at: time
    zone: str
    anchor: date


@dataclass(frozen=True, slots=True)
class Shift:
    """A turn from `start` until, and without, `end`. `person` is empty where the rotation has nobody."""

    number: int
    person: str
    start: datetime
    end: datetime


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, None where there is none."""
    try:
        return ZoneInfo(name) if name in _zones() else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _zones() -> frozenset[str]:
    # Asking walks a folder of six hundred files.
    return frozenset(available_timezones())


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a wall time, in UTC: in a gap the first one that exists, in an overlap the earlier one."""
    return instant(datetime.combine(day, at), ZoneInfo(zone))


def handover(rotation: Rotation, number: int) -> datetime:
    """When the shift of that number begins; the anchor's is number 0, earlier ones are negative."""
    return instant_of(rotation.anchor + number * WEEK, rotation.at, rotation.zone)


def shift_at(rotation: Rotation, at: datetime) -> Shift:
    """The shift that an instant belongs to. A shift ends where the next one begins, never after a duration."""
    local = at.astimezone(ZoneInfo(rotation.zone)).date()
    number = (local - rotation.anchor).days // 7
    while handover(rotation, number) > at:
        number -= 1
    while handover(rotation, number + 1) <= at:
        number += 1
    people = rotation.people
    return Shift(
        number=number,
        person=people[number % len(people)] if people else "",
        start=handover(rotation, number),
        end=handover(rotation, number + 1),
    )


def order_at(rotation: Rotation, at: datetime) -> tuple[str, ...]:
    """Everybody, from who is on call now on, in the order in which they follow."""
    people = rotation.people
    if not people:
        return ()
    first = shift_at(rotation, at).number % len(people)
    return people[first:] + people[:first]


def anchor_at(weekday: int, at: time, zone: str, now: datetime) -> date:
    """The date on which the shift began that runs now, so that a new order begins with its first person."""
    day = now.astimezone(ZoneInfo(zone)).date()
    day -= timedelta(days=(day.weekday() - weekday) % 7)
    rotation = Rotation(people=(), weekday=weekday, at=at, zone=zone, anchor=day)
    return day + shift_at(rotation, now).number * WEEK
