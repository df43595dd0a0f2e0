"""Reading the facts that an incident's page is made of."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.ledger.queries import facts_about
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import suspects, timeline

MOST = 500


def of_incident(row: Incident, *, now: datetime) -> tuple[FactView, ...]:
    """What happened to the service from two hours before harm began until the end, and to the incident itself."""
    subjects = (row.uid, *(held["alert"] for held in row.alerts if held.get("alert")))
    facts = facts_about(
        row.service_uid,
        kinds=timeline.KINDS,
        since=row.started_at - timeline.BEFORE,
        until=max(row.resolved_at or now, row.detected_at),
        subjects=subjects,
        limit=MOST,
    )
    return tuple(fact for fact in facts if _belongs(fact, row))


def _belongs(fact: FactView, row: Incident) -> bool:
    if fact.kind.startswith("incident."):
        return fact.subject == row.uid
    return fact.environment in ("", row.environment)


def near(service_uid: str, *, started_at: datetime, until: datetime) -> tuple[FactView, ...]:
    """What could be suspected, before there is an incident."""
    kinds = suspects.CHANGES | {"gate.asked", "gate.overridden"}
    return facts_about(service_uid, kinds=kinds, since=started_at - suspects.LOOKED_AT, until=until, limit=MOST)
