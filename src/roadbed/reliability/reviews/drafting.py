"""Drafting a review when an incident is resolved: what was measured, what was told, frozen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent, IncidentTold, SpentBudget, TellIncident
from roadbed.ground.errors import Conflict, NotFound, Unavailable
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.models import Review
from roadbed.reliability.reviews.rules.telling import frozen, retold
from roadbed.reliability.reviews.writing import changed, index


def draft(caller: Caller, incident_uid: str, *, now: datetime) -> str:
    """Draft the review of a resolved incident; the one that is there is answered. Answers the review's uid.

    Raises:
        NotFound: when there is no such incident.
        Conflict: while it goes on.
    """
    authorise(caller, "review.write")
    incident_uid = incident_uid.replace("\x00", "")
    known = Review.objects.filter(incident_uid=incident_uid).first()
    if known is not None:
        return known.uid
    told = asks.put(TellIncident(incident_uid))
    if told is None:
        raise NotFound(
            f"There is no incident {incident_uid[:40]}.", remedy="`roadbed incident list` names all of them."
        )
    if told.resolved_at is None:
        raise Conflict(
            f"INC-{told.number} goes on.", remedy=f"Resolve it first: `roadbed incident resolve INC-{told.number}`."
        )
    ended = told.mitigated_at or told.resolved_at
    spent = _spent(told, ended)
    with unit(caller, now=now) as writing:
        row, made = Review.objects.get_or_create(
            incident_uid=told.uid, defaults=_begun(told, ended, told.resolved_at, spent, now)
        )
        if made:
            index(row)
            data = {
                "incident_uid": told.uid,
                "incident": told.number,
                "service_uid": told.service_uid,
                "service": told.service,
                "severity": told.severity,
                "impact_minutes": rules.impact_minutes(told.started_at, ended),
                "due": row.due.isoformat(),
            }
            writing.record("review.drafted", row.uid, source_id=f"review:{row.uid}:drafted", data=data)
    return row.uid


def follow(caller: Caller, incident_uid: str, *, now: datetime) -> bool:
    """Bring what a draft was filled in with up to date: an incident was opened again and resolved, or a time corrected.

    What people wrote stays, and so does a published review. Answers whether anything changed.
    """
    authorise(caller, "review.write")
    drafts = Review.objects.filter(incident_uid=incident_uid, state=Review.DRAFT)
    told = asks.put(TellIncident(incident_uid)) if drafts.exists() else None
    if told is None or told.resolved_at is None:
        return False
    ended = told.mitigated_at or told.resolved_at
    fresh = _measured(told, ended, told.resolved_at, _spent(told, ended))
    with unit(caller, now=now) as writing:
        row = drafts.select_for_update().first()
        if row is None:
            return False
        fresh["timeline"] = retold(row.timeline, told.entries)
        new = [name for name, value in fresh.items() if getattr(row, name) != value]
        for name in new:
            setattr(row, name, fresh[name])
        if new:
            changed(writing, row, "retold")
    return bool(new)


def _spent(told: IncidentTold, ended: datetime) -> tuple[SpentBudget, ...]:
    try:
        return asks.put(BudgetSpent(told.service_uid, told.started_at, ended))
    except Unavailable:
        return ()


def fingerprints(told: IncidentTold) -> list[str]:
    """What its alerts are known by when they come again: the sender's fingerprint, or the promise that broke."""
    until = told.resolved_at or told.detected_at
    opened = ledger.facts_between([told.service_uid], kinds=["alert.opened"], since=told.started_at, until=until)
    found = (
        one.data.get("fingerprint") or one.data.get("objective_uid") or one.data.get("title")
        for one in opened
        if one.environment in ("", told.environment)
    )
    return sorted({str(one)[:200] for one in found if one})


def _begun(
    told: IncidentTold, ended: datetime, resolved: datetime, spent: tuple[SpentBudget, ...], now: datetime
) -> dict[str, object]:
    return _measured(told, ended, resolved, spent) | {
        "number": told.number,
        "service_uid": told.service_uid,
        "service_name": told.service,
        "owner": told.owner,
        "environment": told.environment,
        "timeline": frozen(told.entries),
        "sections": {},
        "drafted_at": now,
        "due": rules.due_of(now),
    }


def _measured(
    told: IncidentTold, ended: datetime, resolved: datetime, spent: tuple[SpentBudget, ...]
) -> dict[str, Any]:
    return {
        "title": told.title,
        "severity": told.severity,
        "started_at": told.started_at,
        "detected_at": told.detected_at,
        "acknowledged_at": told.acknowledged_at,
        "ended_at": ended,
        "resolved_at": resolved,
        "lead": told.lead[:160],
        "budget": [asdict(one) for one in spent],
        "fingerprints": fingerprints(told),
    }
