"""What spent the budgets of a period: incidents and deployments of many services, read together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.ledger.rules import FactView, effective
from roadbed.reliability.objectives.rules.attribution import INCIDENT, SUSPECT_MINUTES, Attribution, Cause, attribute
from roadbed.reliability.objectives.rules.attribution import deployments as until_the_next
from roadbed.reliability.objectives.rules.clock import instant, minute_of

PRODUCTION: Final = "production"
DEPLOYED: Final = ("service.deployed", "service.upgraded", "service.rolledback")
OPENED, RESOLVED = ("incident.detected", "incident.reported"), "incident.resolved"
MERGED: Final = "incident.merged"
LONGEST_INCIDENT: Final = timedelta(days=30)
MOST: Final = 50_000
ASKED, OVERRIDDEN = "gate.asked", "gate.overridden"


def causes(service_uids: Iterable[str], *, first: int, until: int) -> dict[str, tuple[Cause, ...]]:
    """Incidents and deployments by service."""
    since, end = instant(first), instant(until)
    services = set(service_uids)
    found: dict[str, list[Cause]] = {uid: [] for uid in services}
    for uid, own in _incidents(services, since=since, end=end).items():
        found[uid] += own
    live: dict[str, list[tuple[str, str, int]]] = {}
    earlier = since - timedelta(minutes=SUSPECT_MINUTES)
    for fact in facts_between(services, kinds=DEPLOYED, since=earlier, until=end, limit=MOST):
        if fact.environment in ("", PRODUCTION):
            live.setdefault(fact.subject, []).append((fact.uid, _named(fact), minute_of(fact.occurred_at)))
    for uid, own_deployments in live.items():
        found[uid] += until_the_next(own_deployments)
    return {uid: tuple(own) for uid, own in found.items()}


def _named(fact: FactView) -> str:
    version = str(fact.data.get("version") or str(fact.data.get("commit") or "")[:8] or "a deployment")
    return f"Rolled back to {version}" if fact.kind == "service.rolledback" else f"Deployed {version}"


def _incidents(services: set[str], *, since: datetime, end: datetime) -> dict[str, list[Cause]]:
    kinds = (*OPENED, RESOLVED, MERGED)
    facts = effective(facts_between(None, kinds=kinds, since=since - LONGEST_INCIDENT, until=end, limit=MOST))
    resolved = {fact.subject: fact.occurred_at for fact in reversed(facts) if fact.kind == RESOLVED}
    found: dict[str, dict[str, Cause]] = {}
    for fact in facts:
        service = str(fact.data.get("service_uid") or "")
        if fact.kind not in OPENED or service not in services or fact.environment not in ("", PRODUCTION):
            continue
        began = datetime.fromisoformat(str(fact.data.get("started_at") or fact.occurred_at.isoformat()))
        over = minute_of(resolved.get(fact.subject, end)) + 1
        title = f"INC-{fact.data.get('incident', '?')}: {fact.data.get('title', '')}"
        found.setdefault(service, {})[fact.subject] = Cause(INCIDENT, fact.subject, title, minute_of(began), over)
    return {service: list(own.values()) for service, own in found.items()}


def attributed(
    own: tuple[Cause, ...], *, first: int, until: int, bad_between: Callable[[int, int], int]
) -> Attribution:
    """What each cause spent of a stretch, adding up with the unattributed rest."""
    return attribute(own, first=first, until=until, bad_between=bad_between)


def edges(own: Iterable[Cause], *, first: int, until: int) -> list[int]:
    """The minutes at which sums are needed."""
    return [min(max(minute, first), until) - 1 for one in own for minute in (one.first, one.until)]


def decisions(services: Mapping[str, str], *, first: int, until: int) -> dict[str, Any]:
    """What the gate answered about services of (uid, name) in a period, and how often it was overridden."""
    since, end = instant(first), instant(until) - timedelta(microseconds=1)
    outcomes = dict.fromkeys(("allow", "warn", "deny", "unknown"), 0)
    refused: dict[str, int] = {}
    overridden = 0
    for fact in facts_between(services, kinds=(ASKED, OVERRIDDEN), since=since, until=end, limit=MOST):
        if fact.kind == OVERRIDDEN:
            overridden += 1
            continue
        outcome = str(fact.data.get("outcome") or "unknown")
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome == "deny":
            name = services[fact.subject]
            refused[name] = refused.get(name, 0) + 1
    ranked = sorted(refused.items(), key=lambda one: (-one[1], one[0]))
    return {"asked": sum(outcomes.values()), **outcomes, "overridden": overridden,
            "refused": [{"service": name, "times": times} for name, times in ranked]}  # fmt: skip
