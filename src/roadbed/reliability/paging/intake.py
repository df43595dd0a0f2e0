"""From facts to alerts: a trouble opens one alert and its first pages in one transaction; its end closes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent, MeasuredWorkloads
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.alerts import holding
from roadbed.reliability.paging.escalating import locked, said, subject_of
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.opening import Opening, open_page
from roadbed.reliability.paging.routing import route_of
from roadbed.reliability.paging.rules.troubles import BEGINNINGS, ENDINGS, LOST, REMOVED, Trouble, key_of, trouble_of

ENVIRONMENT: Final = "production"
LOOKED_BACK: Final = timedelta(days=1)


def react(fact_uid: str, *, now: datetime) -> str | None:
    """Open or close what a fact tells of; answers the alert's uid. Doing it again changes nothing."""
    fact = Fact.objects.filter(uid=fact_uid).first()
    if fact is None:
        return None
    if fact.kind in BEGINNINGS:
        return _begin(fact, now=now)
    return _end(fact, now=now)


def begin_again(fact: Fact, *, now: datetime) -> str | None:
    """Page what a silence held back until now."""
    return _begin(fact, now=now, again=True)


def _begin(fact: Fact, *, now: datetime, again: bool = False) -> str | None:
    service = catalog.service(fact.subject)
    if service is None or (fact.kind == LOST and not traffic_expected(fact, now=now)):
        return None
    trouble = trouble_of(fact.kind, fact.data, service=service.name)
    # A journey is its owner's, whichever service fails in it.
    route = route_of(service, now=now, owner=str(fact.data.get("team") or "") if fact.data.get("journey") else "")
    with unit(ROADBED, now=now) as writing:
        if is_over(fact) or Alert.objects.filter(fact=fact.uid).exists() or (holding.was_held(fact) and not again):
            return None
        open_one = Alert.objects.filter(service_uid=service.uid, what=trouble.what, closed_at=None).first()
        if open_one is not None and not _over(open_one):
            return open_one.uid
        if open_one is not None:
            close_locked(open_one, "it ended", writing)
        labels = holding.labels_for(fact, trouble, service=service.name, team=route.team)
        if (silence := holding.withheld(labels, now=now)) is not None:
            holding.hold(fact, trouble, labels, silence, now=now)
            return None
        page = open_page(_opening(fact, trouble, service.name), route, writing)
    return page.uid


def _opening(fact: Fact, trouble: Trouble, service: str) -> Opening:
    return Opening(
        service_uid=fact.subject,
        service=service,
        environment=fact.environment or ENVIRONMENT,
        what=trouble.what,
        title=trouble.title,
        severity=trouble.severity,
        started_at=fact.occurred_at,
        text=_what_happened(trouble),
        fact=fact.uid,
        fact_position=fact.position,
        objective_uid=trouble.objective_uid,
        figures=trouble.figures,
    )


def _what_happened(trouble: Trouble) -> str:
    return str(trouble.figures.get("text") or f"{trouble.title}.")


def is_over(fact: Fact) -> bool:
    """Whether what a fact began has ended since, as the ledger knows."""
    return _ended_after(fact.subject, key_of(fact.kind, fact.data), fact.position)


def _over(alert: Alert) -> bool:
    return _ended_after(alert.service_uid, alert.what, alert.fact_position)


def _ended_after(subject: str, what: str, position: int) -> bool:
    later = Fact.objects.filter(subject=subject, kind__in=ENDINGS, position__gt=position)
    return any(key_of(row.kind, row.data) == what for row in later.order_by("-position")[:200])


def _end(fact: Fact, *, now: datetime) -> str | None:
    what = key_of(fact.kind, fact.data)
    holding.end(fact.subject, what, now=now)
    found = Alert.objects.filter(
        service_uid=fact.subject, what=what, closed_at=None, fact_position__lt=fact.position
    ).first()
    if found is None:
        return None
    reason = "the objective ended" if fact.kind == REMOVED else "it stopped by itself"
    with unit(ROADBED, now=now) as writing:
        alert = locked(found.uid)
        if alert is not None and alert.closed_at is None:
            close_locked(alert, reason, writing)
    return found.uid


def close_if_over(uid: str, *, now: datetime) -> bool:
    """Close an alert whose trouble ended although nobody heard of it, before its next step is taken."""
    with unit(ROADBED, now=now) as writing:
        alert = locked(uid)
        if alert is None or alert.closed_at is not None or not _over(alert):
            return False
        close_locked(alert, "it stopped by itself", writing)
    return True


def close_locked(alert: Alert, reason: str, writing: Unit) -> None:
    """Close an alert in the open transaction; nobody is paged about it any more."""
    alert.state, alert.next_step_at, alert.again_at, alert.snoozed_by = Alert.CLOSED, None, None, ""
    alert.closed_at, alert.closed_for = writing.now, reason[:200]
    alert.save()
    data = said(alert) | {
        "reason": alert.closed_for,
        "acknowledged_by": alert.acknowledged_name,
        "objective_uid": alert.objective_uid,
        "seconds": (writing.now - alert.opened_at).total_seconds(),
    }
    writing.record("alert.closed", subject_of(alert), environment=alert.environment, data=data)


def traffic_expected(fact: Fact, *, now: datetime) -> bool:
    """Whether somebody would miss the measurement: it runs, and was asked in the day before, as far as is known."""
    try:
        workloads = asks.put(MeasuredWorkloads())
    except Unavailable:
        return True
    if not any(workload.service_uid == fact.subject for workload in workloads):
        return False
    try:
        spent = asks.put(BudgetSpent(service_uid=fact.subject, start=now - LOOKED_BACK, end=now))
    except Unavailable:
        return True
    measured = [one for one in spent if one.measured_minutes]
    return not measured or any(one.total for one in measured)
