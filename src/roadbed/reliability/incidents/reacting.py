"""What pages set off: an alert opens an incident or joins the open one, an acknowledgement leads, an end mitigates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Unavailable
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents import facts, rules
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.opening import Opening, alert_of, create, held_by, held_by_now
from roadbed.reliability.incidents.rules.beginning import began
from roadbed.reliability.incidents.rules.suspects import CHANGES
from roadbed.reliability.incidents.seeing import touching
from roadbed.reliability.incidents.writing import record, take_part

_RECENT = 20
PRODUCTION = "production"


def alert_opened(fact: FactView, *, now: datetime) -> str | None:
    """Open an incident for an alert, or let it join the one that is open; answers the incident's uid.

    The same fact a second time changes nothing. An alert that names no service opens none: it has nobody's customers.
    """
    opening = _opening(fact)
    if not opening.service_uid:
        return None
    # Counted before the transaction, which has to be short.
    opening = replace(opening, started_at=_began(opening))
    try:
        return _open_or_join(opening, now=now)
    except IntegrityError:
        # PostgreSQL lets two look at once; the constraint lets one of them open it, and the other joins.
        if held_by_now(opening.service_uid, opening.environment) is None:
            raise
        return _open_or_join(opening, now=now)


def _open_or_join(opening: Opening, *, now: datetime) -> str:
    with unit(ROADBED, now=now) as writing:
        known = _of_alert(opening.service_uid, opening.alert)
        if known is not None:
            return known.uid
        row = held_by(opening.service_uid, opening.environment)
        if row is None:
            return create(writing, opening).uid
        _join(writing, row, opening)
        return row.uid


def _opening(fact: FactView) -> Opening:
    data = fact.data
    service_uid = str(data.get("service_uid") or "")
    known = catalog.service(service_uid) if service_uid else None
    service = str(data.get("service") or (known.name if known else service_uid))
    detected = fact.occurred_at
    return Opening(
        service_uid=service_uid,
        service=service,
        owner=known.owner if known else str(data.get("team") or ""),
        environment=str(data.get("environment") or fact.environment or PRODUCTION),
        title=(" ".join(str(data.get("title") or "").split()) or f"An alert on {service}")[: rules.LONGEST_TITLE],
        severity=rules.severity_of(data.get("severity")),
        started_at=min(_instant(data.get("started_at")) or detected, detected),
        detected_at=detected,
        alert=str(data.get("alert") or fact.subject),
        objective_uid=str(data.get("objective_uid") or ""),
        stage="triggered",
    )


def _began(opening: Opening) -> datetime:
    seen_at, uid = opening.started_at, opening.service_uid
    changes = [one.occurred_at for one in facts.near(uid, started_at=seen_at, until=seen_at) if one.kind in CHANGES]

    def is_bad(minute: datetime) -> bool:
        spent = asks.put(BudgetSpent(uid, minute, minute))
        return any(one.bad_minutes for one in spent if opening.objective_uid in ("", one.objective_uid))

    try:
        return began(seen_at, is_bad=is_bad, changes=changes)
    except Unavailable:
        return seen_at


def _instant(said: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _join(writing: Unit, row: Incident, opening: Opening) -> None:
    row.alerts = [*row.alerts, alert_of(opening)]
    row.severity = min(row.severity, opening.severity)
    if row.status == Incident.MITIGATED:
        row.status, row.stage, row.mitigated_at, row.ended_at = Incident.OPEN, "investigating", None, None
    row.version += 1
    row.save()
    _told(writing, row, "alert", f"Another alert joined: {opening.title}", alert=opening.alert)


def alert_closed(fact: FactView, *, now: datetime) -> None:
    """Note that an alert is over; with the last one customers are no longer harmed, as far as anybody measures."""
    alert = str(fact.data.get("alert") or fact.subject)
    with unit(ROADBED, now=now) as writing:
        row = _of_alert(str(fact.data.get("service_uid") or fact.subject), alert)
        if row is None or row.status == Incident.RESOLVED:
            return
        ended = fact.occurred_at.isoformat()
        row.alerts = [
            held | {"closed_at": held["closed_at"] or ended} if held["alert"] == alert else held for held in row.alerts
        ]
        if row.status == Incident.OPEN and all(held["closed_at"] for held in row.alerts):
            row.status, row.stage = Incident.MITIGATED, "monitoring"
            row.mitigated_at = max(fact.occurred_at, row.started_at)
            row.version += 1
            _told(writing, row, "mitigated", "Its alerts are over: harm has ended", at=ended)
        row.save()


def acknowledged(fact: FactView, *, now: datetime) -> None:
    """Whoever acknowledges leads, until somebody else is said to."""
    alert = str(fact.data.get("alert") or fact.subject)
    with unit(ROADBED, now=now) as writing:
        row = _of_alert(str(fact.data.get("service_uid") or fact.subject), alert)
        person = Person.objects.filter(uid=fact.actor).first()
        if row is None or person is None:
            return
        row.acknowledged_at = row.acknowledged_at or fact.occurred_at
        row.stage = "investigating" if row.stage == "triggered" else row.stage
        row.version += 1
        if row.roles.get("lead"):
            row.save()
            return
        row.roles = {**row.roles, "lead": {"uid": person.uid, "name": person.name}}
        row.save()
        take_part(row, person.uid, person.name)
        _told(writing, row, "role", f"{person.name} leads", role="lead", person=person.uid)


def _of_alert(service_uid: str, alert: str) -> Incident | None:
    rows = touching(service_uid).filter(merged_into=None).select_for_update().order_by("-number")
    held = (row for row in rows[:_RECENT] if any(known["alert"] == alert for known in row.alerts))
    return next(held, None)


def _told(writing: Unit, row: Incident, what: str, text: str, **more: str) -> None:
    record(writing, row, "incident.changed", {"what": what, "text": text, **more})
