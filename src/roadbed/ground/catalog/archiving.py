"""Archiving a team that owns nothing any more: it leaves every list, and what happened to it stays in the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from roadbed.ground.catalog.models import Engagement, Entity
from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import Caller, authorise

NAMED = 3


def archive_team(caller: Caller, name: str, *, now: datetime) -> None:
    """Take a team out of use. Making a team of that name again brings it back with its history.

    Raises:
        NotFound: when there is no such team in use.
        Conflict: while it owns something or is engaged on a service, naming what.
    """
    authorise(caller, "team.write")
    with unit(caller, now=now) as writing:
        team = Team.objects.select_for_update().filter(name__iexact=name, archived_at=None).first()
        if team is None:
            raise NotFound(
                f"There is no team {name[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="name")
            )
        held = _held_by(team, now=now)
        if held:
            more = f" and {len(held) - NAMED} more" if len(held) > NAMED else ""
            raise Conflict(
                f"{team.name} still answers for {', '.join(held[:NAMED])}{more}.",
                remedy="Give them another owner in their catalog-info.yaml, and end the team's engagements.",
                place=Place(field="name"),
            )
        team.archived_at = now
        team.save(update_fields=["archived_at"])
        writing.record("team.archived", team.uid, data={"name": team.name})


def _held_by(team: Team, *, now: datetime) -> list[str]:
    owned = Entity.objects.filter(owner_team=team).exclude(kind__in=["Group", "User"]).order_by("name")
    current = Q(ended_on=None) | Q(ended_on__gte=now.date())
    engaged = Engagement.objects.filter(current, team=team).order_by("service__name")
    return [*owned.values_list("name", flat=True), *engaged.values_list("service__name", flat=True)]
