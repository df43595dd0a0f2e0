"""Replacing the link of one's own calendar, when it got into other hands."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Invalid
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.calendars.models import CalendarLink
from roadbed.reliability.paging.links import calendar_link


def replace_link(caller: Caller, *, now: datetime) -> str:
    """Give the caller a new link and make the old one lead nowhere. Answers the new one.

    Raises:
        Invalid: for a caller who is no person.
    """
    authorise(caller, "channel.write")
    person = Person.objects.filter(uid=caller.uid, is_active=True).first()
    if person is None:
        raise Invalid(f"{caller.name} is nobody who has shifts.", remedy="Sign in, or use a token of your own.")
    with unit(caller, now=now) as writing:
        row = CalendarLink.objects.select_for_update().filter(person=person).first()
        if row is None:
            row = CalendarLink(person=person, turn=0)
        row.turn, row.replaced_at = row.turn + 1, now
        row.save()
        writing.record("channel.changed", person.uid, data={"kind": "calendar", "change": "replaced"})
    return calendar_link(person.uid)
