"""Calendars as iCal: slots written as events in UTC, and events read as overrides or leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.schedules.values import Slot
from roadbed.reliability.paging.rules.schedules.walls import instant

LARGEST: Final = 1024 * 1024
MOST: Final = 5_000
"""Events of a calendar in the span that is read."""
LONGEST: Final = timedelta(days=366 * 2)


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence: who or what its summary names, from an instant until, and without, another."""

    summary: str
    start: datetime
    end: datetime


def calendar_of(slots: Iterable[Slot], *, name: str, now: datetime, said: str = "on call") -> bytes:
    """A calendar with an event for each slot that has somebody.

    An event keeps its UID as long as its begin and its person stay, so that a reader updates and repeats nothing.
    """
    from icalendar import Calendar
    from icalendar import Event as Written

    calendar = Calendar()
    calendar.add("prodid", "-//Roadbed//On-call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for slot in slots:
        if slot.person is None:
            continue
        event = Written()
        key = f"{name}\n{slot.person}\n{slot.start.isoformat()}"
        event.add("uid", f"{sha256(key.encode()).hexdigest()[:32]}@roadbed")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", slot.start.astimezone(UTC))
        event.add("dtend", slot.end.astimezone(UTC))
        event.add("summary", f"{slot.person}, {said} for {name}")
        event.add("description", f"Layer: {slot.layer}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def events_of(text: str, start: datetime, end: datetime, *, zone: ZoneInfo, file: str = "") -> tuple[Event, ...]:
    """The occurrences of a calendar that touch a span, in order; recurring ones written out, cancelled ones left out.

    The midnights of `zone` begin whole days, and its clock shows times without a zone.

    Raises:
        Invalid: when it is no calendar, too large, or has too many occurrences.
    """
    from icalendar import Calendar
    from recurring_ical_events import of

    if len(text) > LARGEST or not start < end <= start + LONGEST:
        raise Invalid(
            "The calendar is larger than 1 MiB, or more than two years of it are asked for.",
            remedy="Take a part of it.", place=Place(file),
        )  # fmt: skip
    try:
        calendar = Calendar.from_ical(text)
        # A day more on both sides: whole-day events belong to the zone's days, which the library does not know.
        found = of(calendar, components=["VEVENT"]).between(start - _DAY, end + _DAY)
        events = sorted(_events(found, start, end, zone), key=lambda one: (one.start, one.end, one.summary))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as fault:
        # Both libraries raise what their parts raise; whatever it is, the text is no calendar that can be read.
        raise Invalid(
            f"This is no calendar that can be read: {str(fault)[:200]}.",
            remedy="Export it as iCalendar (.ics).", place=Place(file),
        ) from None  # fmt: skip
    if len(events) > MOST:
        raise Invalid(
            f"The calendar has {len(events)} events in this span; {MOST} are the most.",
            remedy="Take a shorter span.", place=Place(file),
        )  # fmt: skip
    return tuple(events)


_DAY: Final = timedelta(days=1)


def _events(found: Iterable[Any], start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Event]:
    for event in found:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        begins, ends = _at(event.start, zone), _at(event.end, zone)
        if begins < ends and begins < end and ends > start:
            yield Event(" ".join(str(event.get("SUMMARY", "")).split()), begins, ends)


def _at(when: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(when, datetime):
        return instant(datetime.combine(when, time(0, 0)), zone)
    if when.tzinfo is None:
        return instant(when, zone)
    if isinstance(when.tzinfo, ZoneInfo):
        # The library moves on the wall clock; what that means in a gap or an overlap is ours to say.
        return instant(when.replace(tzinfo=None), when.tzinfo)
    return when.astimezone(UTC)


def person_of(summary: str, known: Iterable[str]) -> str | None:
    """Whom a summary names: an e-mail address or a name, whole or after an @, whatever its case."""
    wanted = summary.strip().removeprefix("@").casefold()
    return next((one for one in known if one.casefold() == wanted), None)
