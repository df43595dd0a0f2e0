"""Paging over HTTP: who is on call, rotations, channels, pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import ADMIN, authorise
from roadbed.reliability.paging import calling, handing, queries, schemas, usecases
from roadbed.reliability.paging.alerts.api import router as alerts_router
from roadbed.reliability.paging.load.api import router as load_router
from roadbed.reliability.paging.policies.api import router as policies_router
from roadbed.reliability.paging.reaching.api import router as reaching_router
from roadbed.reliability.paging.schedule_api import router as schedule_router
from roadbed.reliability.paging.swaps.api import router as swaps_router
from roadbed.reliability.paging.watching.api import router as watching_router

router = Router(tags=["paging"])
for part in (
    schedule_router,
    policies_router,
    alerts_router,
    load_router,
    reaching_router,
    swaps_router,
    watching_router,
):
    router.add_router("", part)


@router.get("/on-call", response=list[schemas.TeamOnCallOut], operation_id="show_on_call")
def show_on_call(request: HttpRequest) -> Any:
    """Every team with who answers now and who follows."""
    authorise(caller(request), "read")
    return list(queries.on_call(now=timezone.now()))


@router.get("/teams/{name}/rotation", response=schemas.TeamOnCallOut, operation_id="show_rotation")
def show_rotation(request: HttpRequest, name: str) -> Any:
    """One team with its rotation."""
    authorise(caller(request), "read")
    return queries.team_on_call(name, now=timezone.now())


@router.put("/teams/{name}/rotation", response=schemas.TeamOnCallOut, operation_id="set_rotation")
def set_rotation(request: HttpRequest, name: str, body: schemas.RotationIn) -> Any:
    """Give a team its rotation; the first person takes the shift that runs now."""
    now = timezone.now()
    usecases.set_rotation(
        caller(request),
        name,
        emails=tuple(body.people),
        weekday=body.weekday,
        at=body.at,
        zone=body.zone,
        step_seconds=body.step_seconds,
        now=now,
    )
    return queries.team_on_call(name, now=now)


@router.delete("/teams/{name}/rotation", response={204: None}, operation_id="end_rotation")
def end_rotation(request: HttpRequest, name: str) -> Status[None]:
    """Take a team's rotation away; everybody in it is paged then."""
    usecases.end_rotation(caller(request), name, now=timezone.now())
    return Status(204, None)


@router.get("/channels", response=list[schemas.ChannelOut], operation_id="list_channels")
def list_channels(request: HttpRequest, everybody: bool = False) -> Any:  # noqa: FBT001, FBT002 - a query parameter
    """The caller's channels; with `everybody` all, for an administrator."""
    asking = caller(request)
    authorise(asking, "channel.write")
    if everybody and asking.role == ADMIN:
        return list(queries.channels())
    return list(queries.channels_of(asking.uid))


@router.post("/channels", response={201: schemas.ChannelMade}, operation_id="add_channel")
def add_channel(request: HttpRequest, response: HttpResponse, body: schemas.ChannelIn) -> Any:
    """Add a way to oneself; a test message goes out at once."""
    made = usecases.add_channel(
        caller(request), kind=body.kind, address=body.address, email=body.email, server=body.server, now=timezone.now()
    )
    response["Cache-Control"] = "no-store"
    return Status(201, made)


@router.post("/channels/{uid}/test", response={202: None}, operation_id="try_channel")
def try_channel(request: HttpRequest, uid: str) -> Status[None]:
    """Send a test message, with the link that confirms the channel."""
    usecases.try_channel(caller(request), uid, now=timezone.now())
    return Status(202, None)


@router.delete("/channels/{uid}", response={204: None}, operation_id="remove_channel")
def remove_channel(request: HttpRequest, uid: str) -> Status[None]:
    """Remove a channel."""
    usecases.remove_channel(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.get("/pages", response=schemas.AlertList, operation_id="list_pages")
def list_pages(request: HttpRequest, asked: Query[schemas.PageFilters]) -> Any:
    """Pages, newest first."""
    authorise(caller(request), "read")
    service_uid = require_service(asked.service).uid if asked.service else ""
    return queries.alerts(
        state=asked.state, team=asked.team, service_uid=service_uid, cursor=asked.cursor, limit=asked.limit
    )


@router.post("/pages", response={201: schemas.Paged}, operation_id="send_page")
def send_page(request: HttpRequest, body: schemas.PageIn) -> Any:
    """Page a team, or whoever answers for a service, by hand."""
    uid = calling.call(
        caller(request), body.whom, text=body.text, severity=body.severity, environment=body.environment,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": uid})


@router.get("/pages/{uid}", response=schemas.AlertDetailOut, operation_id="show_page")
def show_page(request: HttpRequest, uid: str) -> Any:
    """One page with everything that was done to reach somebody."""
    authorise(caller(request), "read")
    return queries.require_alert(uid)


@router.post("/pages/{uid}/acknowledge", response=schemas.AcknowledgedOut, operation_id="acknowledge_page")
def acknowledge_page(request: HttpRequest, uid: str) -> Any:
    """Take a page; nobody else is paged about it then."""
    yours = usecases.acknowledge(caller(request), uid, now=timezone.now())
    taken = queries.require_alert(uid).alert
    return {"uid": uid, "acknowledged_by": taken.acknowledged_by, "yours": yours}


@router.post("/pages/{uid}/escalate", response=schemas.AlertOut, operation_id="escalate_page")
def escalate_page(request: HttpRequest, uid: str, body: schemas.HandOnIn) -> Any:
    """Page the next step now, also from whoever has it."""
    handing.escalate(caller(request), uid, reason=body.reason, now=timezone.now())
    return queries.require_alert(uid).alert


@router.post("/pages/{uid}/snooze", response=schemas.AlertOut, operation_id="snooze_page")
def snooze_page(request: HttpRequest, uid: str, body: schemas.SnoozeIn) -> Any:
    """Let a page rest for a chosen time, then be paged again from the first step if it goes on then."""
    now = timezone.now()
    if (body.minutes is None) == (body.until is None):
        raise Invalid("A snooze has one end.", remedy="Give minutes or until.", place=Place(field="until"))
    until = body.until or now + timedelta(minutes=body.minutes or 0)
    usecases.snooze(caller(request), uid, until=until, now=now)
    return queries.require_alert(uid).alert


@router.post("/pages/{uid}/close", response=schemas.AlertOut, operation_id="close_page")
def close_page(request: HttpRequest, uid: str, body: schemas.AlertCloseIn) -> Any:
    """Close a page by hand; one whose trouble ends closes by itself."""
    usecases.close(caller(request), uid, reason=body.reason, now=timezone.now())
    return queries.require_alert(uid).alert
