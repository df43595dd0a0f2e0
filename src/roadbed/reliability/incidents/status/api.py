"""Keeping the status page over HTTP; the page itself is public, at /status, /status.json and /status.atom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.api.instants import Instant
from roadbed.ground.people.rules import authorise
from roadbed.reliability.incidents.status import copies, queries, usecases

router = Router(tags=["incidents"])


class StatusComponentIn(Schema):
    """The name that the public knows a service by."""

    name: Annotated[str, Field(max_length=80)]
    description: Annotated[str, Field(max_length=300)] = ""
    position: int = 0


class StatusComponentOut(Schema):
    """A component with the service behind it."""

    uid: str
    service_uid: str
    service: str
    name: str
    description: str
    position: int


class MaintenanceIn(Schema):
    """Planned work on services that are on the page."""

    title: Annotated[str, Field(max_length=200)]
    starts_at: Instant
    ends_at: Instant
    services: Annotated[list[Annotated[str, Field(max_length=130)]], Field(min_length=1, max_length=50)]
    text: Annotated[str, Field(max_length=4000)] = ""


class MaintenanceOut(Schema):
    """Planned work."""

    uid: str
    title: str
    text: str
    components: list[str]
    starts_at: datetime
    ends_at: datetime
    running: bool


class StatusPageOut(Schema):
    """What keeps the page: its components, planned work, how many addresses confirmed."""

    components: list[StatusComponentOut]
    maintenance: list[MaintenanceOut]
    subscribers: int


def _page() -> dict[str, Any]:
    board = queries.board(now=timezone.now())
    return {
        "components": queries.components(),
        "maintenance": board.maintenance,
        "subscribers": queries.count_subscribers(),
    }


@router.get("/status-page", response=StatusPageOut)
def show_status_page(request: HttpRequest) -> Any:
    """What is on the public status page, with the services behind it."""
    authorise(caller(request), "read")
    return _page()


class StatusCopyOut(Schema):
    """The page as files, by name."""

    files: dict[str, str]


@router.get("/status-page/copy", response=StatusCopyOut)
def copy_status_page(request: HttpRequest) -> Any:
    """The page as files that any web server can serve while Roadbed is down."""
    authorise(caller(request), "read")
    return {"files": {name: content.decode() for name, content in copies.files(now=timezone.now()).items()}}


@router.put("/status-page/components/{service}", response=StatusPageOut)
def show_component(request: HttpRequest, service: str, body: StatusComponentIn) -> Any:
    """Put a service on the public page under a public name."""
    usecases.show_component(caller(request), service, **body.dict(), now=timezone.now())
    return _page()


@router.delete("/status-page/components/{service}", response=StatusPageOut)
def hide_component(request: HttpRequest, service: str) -> Any:
    """Take a service off the public page."""
    usecases.hide_component(caller(request), service, now=timezone.now())
    return _page()


@router.post("/status-page/maintenance", response={201: StatusPageOut})
def plan_maintenance(request: HttpRequest, body: MaintenanceIn) -> Status[dict[str, Any]]:
    """Tell of planned work beforehand."""
    said = body.dict()
    usecases.plan_maintenance(caller(request), **(said | {"services": tuple(said["services"])}), now=timezone.now())
    return Status(201, _page())


@router.delete("/status-page/maintenance/{uid}", response=StatusPageOut)
def cancel_maintenance(request: HttpRequest, uid: str) -> Any:
    """Take planned work back."""
    usecases.cancel_maintenance(caller(request), uid, now=timezone.now())
    return _page()
