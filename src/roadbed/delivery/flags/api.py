"""Flags over HTTP: list, make, set, archive. Services read them by OFREP, under /ofrep/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from roadbed.delivery.flags import queries, rules, usecases
from roadbed.delivery.flags.queries import FlagView
from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise

router = Router(tags=["flags"])


class FlagStateOut(Schema):
    """What a flag is set to in an environment."""

    environment: str
    state: Annotated[str, Field(description="on, off, a percentage, or default: the code's own value.")]
    share: float | None
    changed_at: datetime | None
    changed_by: str
    reason: str


class FlagOut(Schema):
    """A flag with what it is set to; an environment that is missing has the code's default."""

    uid: str
    service: str
    key: str
    kind: str
    algorithm: str
    description: str
    created_at: datetime
    created_by: str
    archived_at: datetime | None
    states: list[FlagStateOut]


class FlagPage(Schema):
    """Flags of all services."""

    items: list[FlagOut]
    next_cursor: str | None


class FlagIn(Schema):
    """A new flag."""

    key: Annotated[str, Field(max_length=200)]
    kind: Literal["boolean", "percentage"] = "boolean"
    description: Annotated[str, Field(max_length=rules.LONGEST_DESCRIPTION)] = ""


class StateIn(Schema):
    """A change of a flag in one environment."""

    state: Annotated[str, Field(max_length=40, description="on, off, default, or 0% to 100%.")]
    reason: Annotated[str, Field(max_length=rules.LONGEST_REASON)]
    expected: Annotated[
        str | None, Field(max_length=40, description="What it is set to now; refused where that is not so.")
    ] = None


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[str, Field(max_length=rules.LONGEST_REASON)]


@router.get("/flags", response=FlagPage)
def list_all_flags(request: HttpRequest, q: str = "", owner: str = "", cursor: str = "", limit: int = 50) -> Any:
    """Flags of all services by key, archived ones left out."""
    authorise(caller(request), "read")
    return queries.flags(q=q, owner=owner, cursor=cursor, limit=limit)


@router.get("/services/{name}/flags", response=list[FlagOut])
def list_flags(request: HttpRequest, name: str, archived: bool = False) -> list[FlagView]:  # noqa: FBT001, FBT002 - a query parameter
    """A service's flags by key."""
    authorise(caller(request), "read")
    return list(queries.flags_of(catalog.require_service(name).uid, archived=archived))


@router.post("/services/{name}/flags", response={201: FlagOut})
def create_flag(request: HttpRequest, name: str, body: FlagIn) -> Status[FlagView]:
    """Make a flag; until it is set, the code's default stands everywhere."""
    usecases.create_flag(
        caller(request), name, body.key, kind=body.kind, description=body.description, now=timezone.now()
    )
    return Status(201, queries.flag(name, body.key))


@router.get("/services/{name}/flags/{key}", response=FlagOut)
def show_flag(request: HttpRequest, name: str, key: str) -> FlagView:
    """One flag."""
    authorise(caller(request), "read")
    return queries.flag(name, key)


@router.put("/services/{name}/flags/{key}/environments/{environment}", response=FlagOut)
def set_flag(request: HttpRequest, name: str, key: str, environment: str, body: StateIn) -> FlagView:
    """Set a flag in one environment, with a reason; every process of Roadbed answers it within a second."""
    usecases.change_flag(
        caller(request),
        name,
        key,
        state=body.state,
        reason=body.reason,
        environment=environment,
        expected=body.expected,
        now=timezone.now(),
    )
    return queries.flag(name, key)


@router.post("/services/{name}/flags/{key}/archive", response=FlagOut)
def archive_flag(request: HttpRequest, name: str, key: str, body: ReasonIn) -> FlagView:
    """End a flag: services that still ask get the code's default. Its key is not given again."""
    usecases.archive_flag(caller(request), name, key, reason=body.reason, now=timezone.now())
    return queries.flag(name, key)
