"""Reading the facts that an incident's page is made of."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import suspects, timeline

MOST = 500


def of_incident(row: Incident, *, now: datetime) -> tuple[FactView, ...]:
    """What happened to the service from two hours before harm began until the end, and to the incident itself."""
    since, seen_at = row.started_at - timeline.BEFORE, row.detected_at
    until = max(row.resolved_at or now, seen_at)
    around = _read((row.service_uid,), timeline.KINDS, since=since, until=until)
    # What people write after the end belongs to it too.
    own = facts_between((row.uid,), kinds=timeline.KINDS, since=since, until=max(now, seen_at), limit=MOST)
    return own + tuple(fact for fact in around if fact.environment in ("", row.environment))


def near(service_uid: str, *, started_at: datetime, until: datetime) -> tuple[FactView, ...]:
    """What could be suspected, before there is an incident."""
    kinds = suspects.CHANGES | {"gate.asked", "gate.overridden"}
    return _read((service_uid,), kinds, since=started_at - suspects.LOOKED_AT, until=until)


def _read(
    subjects: tuple[str, ...], kinds: frozenset[str], *, since: datetime, until: datetime
) -> tuple[FactView, ...]:
    # Changes are read apart, so that a gate that is asked all the time pushes no suspect out.
    changes = facts_between(subjects, kinds=suspects.CHANGES, since=since, until=until, limit=MOST)
    return changes + facts_between(subjects, kinds=kinds - suspects.CHANGES, since=since, until=until, limit=MOST)
