"""Background jobs over HTTP: what there is, and trying a failed one again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.jobs import queries, usecases
from roadbed.ground.people.rules import authorise

router = Router(tags=["jobs"])


class JobOut(Schema):
    """One job; `error` is that of its last attempt."""

    uid: str
    name: str
    state: str
    key: str
    run_at: datetime
    attempts: int
    max_attempts: int
    created_at: datetime
    finished_at: datetime | None
    error: str


class JobPage(Schema):
    """Jobs, and where the next ones begin."""

    items: list[JobOut]
    next_cursor: str | None


@router.get("/jobs", response=JobPage, operation_id="list_jobs")
def list_jobs(request: HttpRequest, state: str = "", name: str = "", cursor: str = "", limit: int = 50) -> Any:
    """Jobs, newest first."""
    authorise(caller(request), "read")
    return queries.jobs(state=state, name=name, cursor=cursor, limit=limit)


@router.post("/jobs/{uid}/retry", response={204: None}, operation_id="retry_job")
def retry_job(request: HttpRequest, uid: str) -> Any:
    """Run a failed job again, from its first attempt."""
    usecases.retry_job(caller(request), uid, now=timezone.now())
    return Status(204, None)
