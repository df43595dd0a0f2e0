"""Requests that people did by hand, told by whoever tracks them: once each, however often they are told."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.rules.classifying import checked_link, checked_what, classify, minutes_of
from roadbed.reliability.toil.usecases import OLDEST, record, team_of

LONGEST_REFERENCE = 160


def request_done(
    caller: Caller,
    *,
    minutes: str,
    what: str,
    category: str = "access",
    team: str = "",
    done_by: str = "",
    requested_by: str = "",
    service: str = "",
    reference: str = "",
    link: str = "",
    occurred_at: datetime | None = None,
    now: datetime,
) -> str:
    """Note a request that was done by hand; answers the entry's uid, of the first one for the same `reference`.

    `done_by` is a person's mail address, the caller without one. A team's token may tell of its members.

    Raises:
        Invalid: naming the field.
        NotFound: for an unknown person or team.
    """
    authorise(caller, "toil.log")
    spent, said = minutes_of(minutes), checked_what(what)
    classified = classify(said, category=category)
    named = reference.strip()
    if len(named) > LONGEST_REFERENCE or "\x00" in named + requested_by + service:
        raise Invalid(
            "The reference is too long.",
            remedy=f"At most {LONGEST_REFERENCE} characters.",
            place=Place(field="reference"),
        )
    at = occurred_at or now
    if not now - OLDEST <= at <= now:
        raise Invalid(
            "Only the last 91 days are logged.", remedy="Leave the time out.", place=Place(field="occurred_at")
        )
    tracked = checked_link(link)
    who = _doer(caller, done_by)
    chosen = team_of(caller, team or (next(iter(who.teams)) if done_by and len(who.teams) == 1 else ""))
    known = Entry.objects.filter(reference=named).first() if named else None
    if known is not None:
        return known.uid
    try:
        with unit(caller, now=now) as writing:
            data = {
                "task": said, "category": classified.category, "team": chosen.name, "minutes": spent, "person": who.uid,
                "requested_by": requested_by[:254], "service": service[:130], "reference": named, "link": tracked,
            }  # fmt: skip
            fact = writing.record("toil.request.done", chosen.uid, occurred_at=at, data=data)
            row = record(
                chosen, said, classified, minutes=spent, person=(who.uid, who.name), source=Entry.REQUEST, at=at,
                now=now, fact=fact, reference=named or None,
            )  # fmt: skip
    except IntegrityError:
        return Entry.objects.get(reference=named).uid
    return row.uid


def _doer(caller: Caller, email: str) -> Caller:
    if not email.strip():
        return caller
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise NotFound(
            f"Nobody has the address {email[:254]}.", remedy="Leave it out for yourself.", place=Place(field="done_by")
        )
    return caller_of_person(person)
