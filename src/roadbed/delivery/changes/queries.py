"""Which deployments carried what, and how often a service is deployed, by anybody's CD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, Q

from roadbed.delivery.changes import rules
from roadbed.delivery.changes.models import Deployed
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import NotFound, Place


@dataclass(frozen=True, slots=True)
class DeployedView:
    """One deployment or rollback as its facts tell it.

    Attributes:
        uid: the deployment's own, as /deployments/{uid} knows it.
        outcome: running, succeeded, failed or rolledback.
        by: roadbed or external.
        at: when it went live, failed or, while it runs, began.
        commits: up to 50 of what it carried, newest first; None where that cannot be told.
        commit_count: how many it carried; None where that cannot be told, which is not zero.
        source: who told of it, where it was not Roadbed.
        method, confidence, evidence: how it was linked to its commits, from 0 to 1, and why; of one that could not be
            linked the evidence says what is missing.
        by_hand: whether somebody said what it carried.
    """

    uid: str
    service_uid: str
    service: str
    environment: str
    outcome: str
    kind: str
    version: str
    former: str
    commit: str
    former_commit: str
    by: str
    actor_name: str
    at: datetime
    seconds: float | None
    commits: tuple[Mapping[str, Any], ...] | None
    commit_count: int | None
    error: str
    source: str = ""
    method: str = ""
    confidence: float | None = None
    evidence: tuple[str, ...] = ()
    by_hand: bool = False


def _view(row: Deployed) -> DeployedView:
    return DeployedView(
        uid=row.uid,
        service_uid=row.service_uid,
        service=row.service,
        environment=row.environment,
        outcome=row.outcome,
        kind=row.kind,
        version=row.version,
        former=row.former,
        commit=row.commit,
        former_commit=row.former_commit,
        by=row.by,
        actor_name=row.actor_name,
        at=row.at,
        seconds=row.seconds,
        commits=None if row.commits is None else tuple(row.commits),
        commit_count=row.commit_count,
        error=row.error,
        source=row.source,
        method=row.method,
        confidence=row.confidence,
        evidence=tuple(row.evidence),
        by_hand=row.by_hand,
    )


def deployed(uid: str) -> DeployedView:
    """One deployment with how it was linked.

    Raises:
        NotFound: when none of that uid was told.
    """
    row = Deployed.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"There is no deployment {uid[:64]}.", place=Place(field="deployment"))
    return _view(row)


def deployments_of(
    service_uid: str | None = None,
    *,
    environment: str | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[DeployedView]:
    """Deployments of a service, or of all, newest first."""
    limit = checked_limit(limit)
    rows = _rows(service_uid, environment)
    if since is not None:
        rows = rows.filter(at__gt=since)
    if cursor:
        at, uid = decode_cursor(cursor, 2)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, uid__lt=uid))
    found = list(rows.order_by("-at", "-uid")[: limit + 1])
    page = page_of(found, limit, lambda row: (row.at.isoformat(), row.uid))
    return Page(items=tuple(_view(row) for row in page.items), next_cursor=page.next_cursor)


def _rows(service_uid: str | None, environment: str | None) -> Any:
    rows = Deployed.objects.all()
    if service_uid is not None:
        rows = rows.filter(service_uid=service_uid)
    return rows if environment is None else rows.filter(environment=environment)


def counts_of(service_uid: str, *, environment: str = "production", now: datetime) -> rules.Counts:
    """How often a service was deployed in the last 28 days; what was never told stays unknown."""
    rows = _rows(service_uid, environment)
    first = rows.aggregate(first=Min("at"))["first"]
    recent = rows.filter(at__gt=now - rules.WINDOW, at__lte=now).values_list("outcome", "at")
    return rules.count(recent, first_ever=first, now=now)
