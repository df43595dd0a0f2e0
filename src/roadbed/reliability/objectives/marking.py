"""What happened to a service beside its budget: deployments and incidents, read from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.ledger.rules import FactView, effective

PRODUCTION: Final = "production"
DEPLOYED: Final = ("service.deployed", "service.upgraded", "service.rolledback")
OPENED: Final = ("incident.detected", "incident.reported")
RESOLVED, MERGED = "incident.resolved", "incident.merged"
MOST: Final = 2000
LONGEST_INCIDENT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment or rollback in production; `uid` is its fact's."""

    uid: str
    at: datetime
    title: str
    rolled_back: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of the service. `over` is None while it is open; `name` is how its page is addressed."""

    uid: str
    name: str
    title: str
    began: datetime
    over: datetime | None


def deployments_between(service_uid: str, *, since: datetime, until: datetime) -> tuple[Deployed, ...]:
    """What went out to production, newest first."""
    facts = facts_between([service_uid], kinds=DEPLOYED, since=since, until=until, limit=MOST)
    return tuple(
        Deployed(fact.uid, fact.occurred_at, _named(fact), fact.kind == "service.rolledback")
        for fact in facts
        if fact.environment in ("", PRODUCTION)
    )


def incidents_between(service_uid: str, *, since: datetime, until: datetime) -> tuple[Incident, ...]:
    """Incidents that were open at some time between two instants, oldest first."""
    kinds = (*OPENED, RESOLVED, MERGED)
    facts = facts_between(None, kinds=kinds, since=since - LONGEST_INCIDENT, until=until, limit=MOST)
    mine = [
        fact
        for fact in effective(facts)
        if fact.data.get("service_uid") == service_uid and fact.environment in ("", PRODUCTION)
    ]
    resolved = {fact.subject: fact.occurred_at for fact in reversed(mine) if fact.kind == RESOLVED}
    found = {fact.subject: _incident(fact, resolved) for fact in mine if fact.kind in OPENED}
    lasting = (one for one in found.values() if one.over is None or one.over >= since)
    return tuple(sorted(lasting, key=lambda one: (one.began, one.uid)))


def _incident(fact: FactView, resolved: dict[str, datetime]) -> Incident:
    return Incident(
        uid=fact.subject,
        name=f"INC-{fact.data.get('incident', '?')}",
        title=str(fact.data.get("title", "")),
        began=datetime.fromisoformat(str(fact.data.get("started_at") or fact.occurred_at.isoformat())),
        over=resolved.get(fact.subject),
    )


def _named(fact: FactView) -> str:
    version = str(fact.data.get("version") or str(fact.data.get("commit") or "")[:8] or "a deployment")
    return f"Rolled back to {version}" if fact.kind == "service.rolledback" else f"Deployed {version}"
