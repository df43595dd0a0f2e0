"""Who sees which incident: a private one is there for its participants, whoever has a role in it, and admins."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from roadbed.ground.errors import NotFound
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller
from roadbed.reliability.incidents.models import Affected, Incident, Participant
from roadbed.reliability.incidents.rules import number_of

PRIVATE_TITLE = "A private incident"


def sees_all(caller: Caller | None) -> bool:
    """Whether the caller sees private ones whoever takes part."""
    return caller is not None and caller.role in (ADMIN, SYSTEM)


def visible(rows: QuerySet[Incident], caller: Caller | None) -> QuerySet[Incident]:
    """Those of the rows that the caller may see; without a caller only what is not private."""
    if sees_all(caller):
        return rows
    if caller is None:
        return rows.filter(private=False)
    return rows.filter(Q(private=False) | Q(pk__in=_mine(caller)))


def _mine(caller: Caller) -> QuerySet[Participant, int]:
    return Participant.objects.filter(person_uid=caller.uid).values_list("incident_id", flat=True)


def touching(service_uid: str) -> QuerySet[Incident]:
    """Incidents that harm a service, first seen there or not."""
    further = Affected.objects.filter(service_uid=service_uid).values("incident_id")
    return Incident.objects.filter(Q(service_uid=service_uid) | Q(pk__in=further))


def row_of(reference: str, caller: Caller | None = None) -> Incident:
    """The row of `INC-7`, `7` or a uid, also of one that was merged.

    Raises:
        NotFound: with where to find it; also for a private one that is not the caller's to see.
    """
    number = number_of(reference)
    rows = visible(Incident.objects.all(), caller)
    found = rows.filter(uid=reference).first() if number is None and reference.isalnum() else None
    if number is not None:
        found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no incident {reference[:40]}.", remedy="`roadbed incident list` names all of them.")
    return found
