"""Deployments of everybody's CD over HTTP, as the ledger tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from roadbed.delivery.changes import queries
from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise

router = Router(tags=["changes"])


class DeployedOut(Schema):
    """One deployment or rollback."""

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
    commits: list[dict[str, Any]] | None
    commit_count: int | None
    error: str


class DeployedPage(Schema):
    """Some deployments, newest first."""

    items: list[DeployedOut]
    next_cursor: str | None


class CountsOut(Schema):
    """How often a service was deployed in 28 days; null is unknown, not zero."""

    succeeded: int | None
    failed: int | None
    rolled_back: int | None
    since: datetime
    known_since: datetime | None
    known_days: float
    per_week: float | None
    as_of: datetime


@router.get("/services/{name}/changes", response=DeployedPage)
def list_changes(
    request: HttpRequest, name: str, environment: str | None = None, cursor: str | None = None, limit: int = 20
) -> Any:
    """What went live in a service, by whichever CD, with the commits that each deployment carried."""
    authorise(caller(request), "read")
    service = catalog.require_service(name)
    return queries.deployments_of(service.uid, environment=environment, cursor=cursor, limit=limit)


@router.get("/services/{name}/deployment-counts", response=CountsOut)
def count_deployments(request: HttpRequest, name: str, environment: str = "production") -> Any:
    """How often it was deployed, failed and rolled back in the last 28 days."""
    authorise(caller(request), "read")
    return queries.counts_of(catalog.require_service(name).uid, environment=environment, now=timezone.now())
