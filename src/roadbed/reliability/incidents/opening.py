"""Making the row of an incident with its number and its fact, inside the unit of whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.incidents import facts
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules.suspects import suspects, top_deployment

_ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True)
class Opening:
    """What an incident begins with."""

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


def held_by(service_uid: str, environment: str) -> Incident | None:
    """The incident that is open on a service, locked for the open transaction."""
    return _open(service_uid, environment).select_for_update().first()


def held_by_now(service_uid: str, environment: str) -> Incident | None:
    """The same, only looked at."""
    return _open(service_uid, environment).first()


def _open(service_uid: str, environment: str) -> QuerySet[Incident]:
    rows = Incident.objects.filter(service_uid=service_uid, environment=environment)
    return rows.exclude(status=Incident.RESOLVED)


def create(writing: Unit, opening: Opening) -> Incident:
    """The incident with the next number, and the fact that it was detected."""
    near = facts.near(opening.service_uid, started_at=opening.started_at, until=writing.now)
    found = suspects(
        near, started_at=opening.started_at, environment=opening.environment, detected_at=opening.detected_at
    )
    row = _numbered(
        Incident(
            title=opening.title,
            service_uid=opening.service_uid,
            service_name=opening.service,
            owner=opening.owner,
            environment=opening.environment,
            severity=opening.severity,
            started_at=opening.started_at,
            detected_at=opening.detected_at,
            alerts=[alert_of(opening)] if opening.alert else [],
            cause_deployment=top_deployment(found),
            opened_by=writing.caller.name[:160],
        )
    )
    data = {
        "incident": row.number,
        "title": row.title,
        "service_uid": row.service_uid,
        "service": row.service_name,
        "environment": row.environment,
        "severity": row.severity,
        "started_at": row.started_at.isoformat(),
        "deployment": row.cause_deployment,
        "alert": opening.alert,
    }
    writing.record(
        "incident.detected",
        row.uid,
        environment=row.environment,
        occurred_at=row.detected_at,
        source_id=f"incident:{row.uid}:detected",
        data=data,
    )
    return row


def alert_of(opening: Opening) -> dict[str, str]:
    """An alert as the incident keeps it."""
    return {
        "alert": opening.alert,
        "title": opening.title,
        "at": opening.detected_at.isoformat(),
        "objective_uid": opening.objective_uid,
        "closed_at": "",
    }


def _numbered(row: Incident) -> Incident:
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
