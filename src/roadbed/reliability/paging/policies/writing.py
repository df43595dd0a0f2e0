"""Giving a team an escalation policy of its own, and taking it away."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models.functions import Lower

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.models import EscalationPolicy
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.policies.reading import Known, read
from roadbed.reliability.paging.rules.policies.values import Policies
from roadbed.reliability.paging.rules.policies.wording import steps_in_words

VERB: Final = "rotation.write"
LARGEST: Final = 50_000
FILE: Final = "escalation.yaml"


def set_policy(caller: Caller, team: str, *, document: str, file: str = FILE, now: datetime) -> None:
    """Give a team its own steps, in the place of Roadbed's or of those it had. Open pages keep what they began with.

    `document` is YAML as docs/reference/escalation-policies.md has it.

    Raises:
        Invalid: naming file, line and field of each fault: of the format, somebody unknown, a platform team.
        NotFound: for an unknown team.
    """
    found = team_named(team)
    authorise(caller, VERB, team=found.name)
    policies = checked(found, document, file)
    with unit(caller, now=now) as writing:
        row = Team.objects.select_for_update().get(uid=found.uid)
        kept = EscalationPolicy.objects.filter(team=row).first()
        values = {
            "document": document, "version": kept.version + 1 if kept else 1, "changed_at": now,
            "changed_by": caller.name[:160],
        }  # fmt: skip
        EscalationPolicy.objects.update_or_create(team=row, defaults=values)
        data = {
            "team": found.name, "version": values["version"], "steps": steps_in_words(policies.high),
            "low": steps_in_words(policies.low) if policies.low else "",
        }  # fmt: skip
        writing.record("escalation.changed", found.uid, data=data)


def end_policy(caller: Caller, team: str, *, now: datetime) -> None:
    """Take a team's own steps away; from then on it has Roadbed's. Doing it again changes nothing."""
    found = team_named(team)
    authorise(caller, VERB, team=found.name)
    with unit(caller, now=now) as writing:
        if EscalationPolicy.objects.filter(team__uid=found.uid).delete()[0]:
            writing.record("escalation.changed", found.uid, data={"team": found.name, "version": 0, "steps": ""})


def checked(team: TeamView, document: str, file: str = FILE) -> Policies:
    """A policy as it was read, with people and teams that are there. Raises Invalid."""
    if len(document) > LARGEST:
        raise Invalid(
            f"The policy has {len(document)} characters.", remedy=f"{LARGEST} are the most.", place=Place(file)
        )
    addresses = Person.objects.filter(is_active=True).annotate(address=Lower("email"))
    known = Known(
        people=frozenset(addresses.values_list("address", flat=True)) if "@" in document else frozenset(),
        teams={one.name: one.layer for one in people.teams()},
        layer=team.layer,
    )
    return read(document, file, known=known)
