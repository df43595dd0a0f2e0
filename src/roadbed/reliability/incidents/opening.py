"""Making the row of an incident with its number and its fact, inside the unit of whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from roadbed.ground.catalog.values import ServiceView
from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.incidents import facts, severities
from roadbed.reliability.incidents.models import Affected, Incident
from roadbed.reliability.incidents.rules.suspects import top_deployment
from roadbed.reliability.incidents.rules.updates import next_update
from roadbed.reliability.incidents.seeing import PRIVATE_TITLE, touching
from roadbed.reliability.incidents.suspecting import suspicion
from roadbed.reliability.incidents.writing import record, take_part

_ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True)
class Opening:
    """What an incident begins with. `stage` is triggered where nobody has seen it yet."""

    service_uid: str
    service: str
    owner: str
    environment: str
    title: str
    severity: int
    started_at: datetime
    detected_at: datetime
    alert: str = ""
    objective_uid: str = ""
    further: tuple[ServiceView, ...] = ()
    private: bool = False
    stage: str = "investigating"
    from_incident: str = ""


def held_by(service_uid: str, environment: str) -> Incident | None:
    """The incident that is open on a service, locked for the open transaction; one it was first seen on comes first."""
    return _open(service_uid, environment).select_for_update().first()


def held_by_now(service_uid: str, environment: str) -> Incident | None:
    """The same, only looked at."""
    return _open(service_uid, environment).first()


def _open(service_uid: str, environment: str) -> QuerySet[Incident]:
    own = Incident.objects.filter(service_uid=service_uid, environment=environment, source="")
    own = own.exclude(status=Incident.RESOLVED)
    if own.exists():
        return own
    further = touching(service_uid).filter(environment=environment, source="")
    return further.exclude(status=Incident.RESOLVED).order_by("number")


def create(writing: Unit, opening: Opening) -> Incident:
    """The incident with the next number, and the fact that it was detected."""
    row = Incident(
        title=opening.title,
        service_uid=opening.service_uid,
        service_name=opening.service,
        owner=opening.owner,
        environment=opening.environment,
        severity=opening.severity,
        stage=opening.stage,
        started_at=opening.started_at,
        detected_at=opening.detected_at,
        alerts=[alert_of(opening)] if opening.alert else [],
        opened_by=writing.caller.name[:160],
        private=opening.private,
        next_update_at=next_update(severities.minutes_of(opening.severity), now=writing.now),
    )
    near = facts.near(opening.service_uid, started_at=opening.started_at, until=writing.now)
    found = suspicion(row, near, harmed=(opening.service_uid,), now=writing.now)
    row.cause_deployment = top_deployment(found)
    row = numbered(row)
    add_services(row, opening.further)
    if opening.private:
        take_part(row, writing.caller.uid, writing.caller.name)
    detected(writing, row, alert=opening.alert, source_id=f"incident:{row.uid}:detected", origin=opening.from_incident)
    return row


def detected(
    writing: Unit, row: Incident, *, source_id: str, alert: str = "", origin: str = "", reopened: bool = False,
    supersedes: str = "",
) -> str:  # fmt: skip
    """Record that it was detected, or detected again; from this fact every figure counts it."""
    data = {
        "incident": row.number,
        "title": PRIVATE_TITLE if row.private else row.title,
        "service_uid": row.service_uid,
        "service": row.service_name,
        "environment": row.environment,
        "severity": row.severity,
        "started_at": row.started_at.isoformat(),
        "deployment": row.cause_deployment,
        "alert": alert,
    }
    data |= {"from": origin} if origin else {}
    data |= {"reopened": True} if reopened else {}
    data |= {"restored": True} if supersedes else {}
    at = writing.now if reopened else row.detected_at
    return record(writing, row, "incident.detected", data, occurred_at=at, source_id=source_id, supersedes=supersedes)


def add_services(row: Incident, services: tuple[ServiceView, ...], *, brought_by: str = "") -> tuple[str, ...]:
    """Say that it harms further services; answers the names of those that are new to it."""
    known = {row.service_uid, *row.affected.values_list("service_uid", flat=True)}
    new = {one.uid: one for one in services if one.uid not in known}
    Affected.objects.bulk_create(
        Affected(incident=row, service_uid=one.uid, service_name=one.name, owner=one.owner or "", brought_by=brought_by)
        for one in new.values()
    )
    return tuple(one.name for one in new.values())


def alert_of(opening: Opening) -> dict[str, str]:
    """An alert as the incident keeps it."""
    return {
        "alert": opening.alert,
        "title": opening.title,
        "at": opening.detected_at.isoformat(),
        "objective_uid": opening.objective_uid,
        "closed_at": "",
    }


def numbered(row: Incident) -> Incident:
    """Save it under the next number."""
    for attempt in range(_ATTEMPTS):
        row.number = (Incident.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic(using="default"):
                row.save(force_insert=True)
        except IntegrityError:
            # Another service's incident took the number between the two statements, which PostgreSQL allows.
            taken = Incident.objects.filter(number=row.number).exists()
            if not taken or attempt == _ATTEMPTS - 1:
                raise
        else:
            return row
    raise AssertionError
