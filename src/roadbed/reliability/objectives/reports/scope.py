"""Of what a report is: the promises of a service, system, team, journey or the organization, as they stood then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.reliability.objectives.journeys.models import Journey
from roadbed.reliability.objectives.models import Objective, ObjectiveVersion
from roadbed.reliability.objectives.rolled.queries import systems
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.rollup import ORGANIZATION, SERVICE, SYSTEM, TEAM, WHOLE, kind_of
from roadbed.reliability.objectives.rules.targets import Target

JOURNEY: Final = "journey"
SCOPES: Final = (ORGANIZATION, TEAM, SYSTEM, SERVICE, JOURNEY)


@dataclass(frozen=True, slots=True)
class Promised:
    """One objective as it was promised when a period ended; `ended` is the minute with which it ended, if it did."""

    uid: str
    name: str
    title: str
    service_uid: str
    service: str
    owner: str
    system: str
    kind: str
    series: int
    target: Target
    sliced: bool
    ended: int | None


def title_of(scope: str, name: str) -> str:
    """What a report is of, in words.

    Raises:
        Invalid: for a scope that there is not.
        NotFound: for a name that there is not.
    """
    if scope not in SCOPES:
        text = f"There are no reports of {scope[:40]!r}."
        raise Invalid(text, remedy=f"One of {', '.join(SCOPES)}.", place=Place(field="scope"))
    if scope == ORGANIZATION:
        return "All services"
    found: str | None
    if scope == TEAM:
        team = people.team(name)
        found = team.title if team else None
    elif scope == SYSTEM:
        found = systems().get(name)
    elif scope == SERVICE:
        service = catalog.service(name) if name else None
        found = service.title if service else None
    else:
        found = Journey.objects.filter(name=name[:63], removed_at=None).values_list("title", flat=True).first()
    if found is None:
        raise NotFound(f"There is no {scope} {name[:63]}.", remedy="Look at its name in the catalogue or the lists.")
    return found


def journeys_of(scope: str, name: str, services: set[str]) -> list[Journey]:
    """The journeys of a scope: a team's own, and those with a step in a service of a system or in a service."""
    rows = Journey.objects.filter(removed_at=None).order_by("name")
    if scope == JOURNEY:
        return list(rows.filter(name=name))
    if scope == TEAM:
        return list(rows.filter(owner=name))
    if scope == ORGANIZATION:
        return list(rows)
    return [row for row in rows if services & {str(step["service"]) for step in row.steps}]


def promised(scope: str, name: str, *, first: int, until: int) -> list[Promised]:
    """The objectives of a scope that were promised at some time between two minutes, by service and name."""
    if scope == JOURNEY:
        return []
    places = catalog.owners_and_systems()
    rows = Objective.objects.filter(Q(removed_at=None) | Q(removed_at__gt=instant(first)))
    if scope == SERVICE:
        service = catalog.require_service(name)
        rows = rows.filter(service_uid=service.uid)
    found = []
    versions = _versions([row.pk for row in rows], instant(until))
    for row in rows:
        service_name, owner, system = places.get(row.service_uid, (row.service_name, row.owner, ""))
        if (scope == TEAM and owner != name) or (scope == SYSTEM and system != name):
            continue
        then: Any = versions.get(row.pk, row)
        found.append(
            Promised(
                uid=row.uid, name=row.name, title=then.title, service_uid=row.service_uid, service=service_name,
                owner=owner, system=system, kind=kind_of(then.indicator), series=then.series,
                target=Target.exactly(then.target), sliced=bool(then.budgeting),
                ended=None if row.removed_at is None else minute_of(row.removed_at),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.service, one.name, one.uid))


def _versions(pks: list[int], at: datetime) -> Mapping[int, ObjectiveVersion]:
    """What each objective was at an instant: an edit since leaves the past as it was."""
    found: dict[int, ObjectiveVersion] = {}
    for row in ObjectiveVersion.objects.filter(objective__in=pks, since__lt=at).order_by("number"):
        found[row.objective_id] = row
    return found


def named(scope: str, name: str) -> str:
    """The name under which a scope is kept: the organization has one."""
    return WHOLE if scope == ORGANIZATION else name
