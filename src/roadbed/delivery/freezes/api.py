"""Freezes over HTTP: list, declare, lift."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from roadbed.delivery.freezes import queries, usecases
from roadbed.ground.api.doors import caller
from roadbed.ground.api.instants import Instant
from roadbed.ground.people.rules import authorise

router = Router(tags=["freezes"])
PLAIN = r"^[^\x00]*$"


class FreezeIn(Schema):
    """What is frozen, from when until when, and why."""

    scope: Annotated[str, Field(description="everything, team or service.", max_length=20, pattern=PLAIN)]
    target: Annotated[str, Field(description="The team or the service.", max_length=160, pattern=PLAIN)] = ""
    environment: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")] = "production"
    reason: Annotated[str, Field(max_length=1000, pattern=PLAIN)]
    starts_at: Annotated[Instant | None, Field(description="Null is now.")] = None
    ends_at: Instant


class FreezeOut(Schema):
    """One freeze; `state` is now, to come, over or lifted."""

    uid: str
    scope: str
    target: str
    environment: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    declared_by: str
    declared_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    state: str


class FreezeList(Schema):
    """Some freezes."""

    items: list[FreezeOut]


@router.get("/freezes", response=FreezeList)
def list_freezes(request: HttpRequest, *, past: bool = False) -> Any:
    """Freezes now and to come; with `past` all of them."""
    authorise(caller(request), "read")
    return {"items": queries.freezes(now=timezone.now(), past=past)}


@router.post("/freezes", response={201: FreezeOut})
def declare_freeze(request: HttpRequest, body: FreezeIn) -> Any:
    """Say that changes wait."""
    now = timezone.now()
    uid = usecases.declare(
        caller(request),
        scope=body.scope,
        target=body.target,
        reason=body.reason,
        starts_at=body.starts_at or now,
        ends_at=body.ends_at,
        environment=body.environment,
        now=now,
    )
    return Status(201, queries.require_freeze(uid, now=now))


@router.post("/freezes/{uid}/lift", response=FreezeOut)
def lift_freeze(request: HttpRequest, uid: str) -> Any:
    """End it before its time."""
    now = timezone.now()
    usecases.lift(caller(request), uid, now=now)
    return queries.require_freeze(uid, now=now)
