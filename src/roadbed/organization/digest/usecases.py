"""The verbs of digests: say when and whether one wants them, for oneself or as a team's default, and stop them."""

from __future__ import annotations

from datetime import datetime

from django.utils.crypto import constant_time_compare

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.derived import derived
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.organization.digest.models import Preference, TeamDefault
from roadbed.organization.digest.rules import scheduling

WORDS = {"on": True, "off": False, "team": None}
"""What one may say: yes, no, or as the own teams have it."""


def write_preference(caller: Caller, *, wanted: str, day: str, hour: int, zone: str, now: datetime) -> None:
    """Say whether and when one wants digests. `wanted` is on, off or team."""
    authorise(caller, "digest.write")
    person = person_of(caller)
    if wanted not in WORDS:
        raise Invalid(f"{wanted[:20]!r} is no answer.", remedy="One of on, off, team.", place=Place(field="wanted"))
    clock = scheduling.checked(day, hour, zone)
    values = {"on": WORDS[wanted], "weekday": clock.weekday, "hour": clock.hour, "zone": clock.zone, "changed_at": now}
    with unit(caller, now=now) as writing:
        Preference.objects.update_or_create(person=person, defaults=values)
        data = {"wanted": wanted, "day": day.lower(), "hour": hour, "zone": zone}
        writing.record("digest.changed", person.uid, data=data)


def write_team_default(caller: Caller, team: str, *, wanted: bool, now: datetime) -> None:
    """Let the members of a team get digests, or not, unless they say otherwise."""
    found = Team.objects.filter(name__iexact=team.replace("\x00", ""), archived_at=None).first()
    if found is None:
        raise NotFound(f"There is no team {team[:63]}.", remedy="`roadbed team list` shows them.")
    authorise(caller, "digest.team", team=found.name)
    with unit(caller, now=now) as writing:
        if wanted:
            defaults = {"changed_by": caller.name[:160], "changed_at": now}
            _, changed = TeamDefault.objects.get_or_create(team=found, defaults=defaults)
        else:
            changed = bool(TeamDefault.objects.filter(team=found).delete()[0])
        if changed:
            writing.record("digest.changed", found.uid, data={"team": found.name, "wanted": "on" if wanted else "off"})


def stop(person_uid: str, secret: str, *, now: datetime) -> None:
    """End a person's digests by the link in one of them.

    Raises:
        NotFound: for a link that was not made here.
    """
    person = behind(person_uid, secret)
    with unit(caller_of_person(person), now=now) as writing:
        Preference.objects.update_or_create(person=person, defaults={"on": False, "changed_at": now})
        writing.record("digest.changed", person.uid, data={"wanted": "off", "by": "link"})


def behind(person_uid: str, secret: str) -> Person:
    """Whose link it is.

    Raises:
        NotFound: for a link that was not made here.
    """
    found = Person.objects.filter(uid=person_uid.replace("\x00", "")[:32]).first()
    if found is None or not constant_time_compare(secret, derived("digest.stop", found.uid)):
        raise NotFound("This link ends nobody's digests.", remedy="Sign in and turn them off under your account.")
    return found


def person_of(caller: Caller) -> Person:
    """The person behind a caller.

    Raises:
        Invalid: for a token of no person.
    """
    found = Person.objects.filter(uid=caller.uid, is_active=True).first()
    if found is None:
        raise Invalid("A digest is for a person, and this token belongs to none.", remedy="Use a token of your own.")
    return found
