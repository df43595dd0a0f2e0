"""Incidents that other systems tell of: rows with their source and its link; nobody is paged anew."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.opening import numbered
from roadbed.reliability.incidents.rules.external import TOLD, External, told

KINDS = TOLD | {"incident.resolved"}


def take(subject: str, *, now: datetime) -> str | None:
    """Keep what another system says of an incident, in whatever order it came; answers the row's uid.

    The facts are on record already and count once, so that none is added. What people said here since stays.
    """
    found = told(facts_of(subject, kinds=KINDS, limit=200))
    if found is None or not found.service_uid:
        return None
    with unit(ROADBED, now=now):
        row = Incident.objects.select_for_update().filter(uid=subject).first()
        if row is None:
            return _new(subject, found).uid
        if not row.source or row.merged_into_id is not None:
            return row.uid
        if found.resolved_at is not None and row.status != Incident.RESOLVED:
            row.status, row.stage, row.resolved_at = Incident.RESOLVED, "resolved", found.resolved_at
        elif found.resolved_at is None and row.status == Incident.RESOLVED and _is_later(found, row):
            row.status, row.stage, row.resolved_at = Incident.OPEN, "investigating", None
        row.source_url = found.url or row.source_url
        row.version += 1
        row.save()
        return row.uid


def _is_later(found: External, row: Incident) -> bool:
    """Whether it was told once more after its end."""
    return row.resolved_at is not None and found.told_at > row.resolved_at


def _new(subject: str, found: External) -> Incident:
    known = catalog.service(found.service_uid)
    over = found.resolved_at is not None
    return numbered(
        Incident(
            uid=subject,
            title=found.title,
            service_uid=found.service_uid,
            service_name=known.name if known else found.service,
            owner=known.owner if known else "",
            environment=found.environment,
            severity=found.severity,
            status=Incident.RESOLVED if over else Incident.OPEN,
            stage="resolved" if over else "investigating",
            started_at=found.started_at,
            detected_at=found.detected_at,
            resolved_at=found.resolved_at,
            opened_by=found.source,
            source=found.source,
            source_url=found.url,
        )
    )
