"""Heartbeats and canaries over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.people.rules import authorise
from roadbed.reliability.paging.watching import canaries, heartbeats, schemas

router = Router(tags=["paging"])


@router.get("/heartbeats", response=list[schemas.HeartbeatOut], operation_id="list_heartbeats")
def list_heartbeats(request: HttpRequest, service: str = "") -> Any:
    """Heartbeats, late ones first; of one service, or all."""
    authorise(caller(request), "read")
    uid = require_service(service).uid if service else ""
    return list(heartbeats.heartbeats(service_uid=uid))


@router.post("/heartbeats", response={201: schemas.HeartbeatMade}, operation_id="new_heartbeat")
def new_heartbeat(request: HttpRequest, response: HttpResponse, body: schemas.HeartbeatIn) -> Any:
    """Expect a heartbeat of a service; it is waited for from its first beat on."""
    made = heartbeats.new_heartbeat(
        caller(request), service=body.service, name=body.name, interval=body.interval_seconds,
        grace=body.grace_seconds, severity=body.severity, now=timezone.now(),
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return Status(201, made)


@router.post("/heartbeats/{uid}/rotate", response=schemas.HeartbeatMade, operation_id="rotate_heartbeat")
def rotate_heartbeat(request: HttpRequest, response: HttpResponse, uid: str) -> Any:
    """Give a heartbeat a new address; the old one ends at once."""
    made = heartbeats.rotate(caller(request), uid, now=timezone.now())
    response["Cache-Control"] = "no-store"
    return made


@router.post("/heartbeats/{uid}/pause", response={204: None}, operation_id="pause_heartbeat")
def pause_heartbeat(request: HttpRequest, uid: str) -> Status[None]:
    """Wait for a heartbeat no more; a page about it ends."""
    heartbeats.pause(caller(request), uid, paused=True, now=timezone.now())
    return Status(204, None)


@router.post("/heartbeats/{uid}/resume", response={204: None}, operation_id="resume_heartbeat")
def resume_heartbeat(request: HttpRequest, uid: str) -> Status[None]:
    """Wait for a paused heartbeat again, from its next beat on."""
    heartbeats.pause(caller(request), uid, paused=False, now=timezone.now())
    return Status(204, None)


@router.delete("/heartbeats/{uid}", response={204: None}, operation_id="remove_heartbeat")
def remove_heartbeat(request: HttpRequest, uid: str) -> Status[None]:
    """Remove a heartbeat."""
    heartbeats.remove(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.get("/canaries", response=list[schemas.CanaryOut], operation_id="list_canaries")
def list_canaries(request: HttpRequest) -> Any:
    """Every kind of channel in use, with how its last regular test ended."""
    authorise(caller(request), "read")
    return list(canaries.canaries())


@router.post("/canaries", response={204: None}, operation_id="set_canary")
def set_canary(request: HttpRequest, body: schemas.CanaryIn) -> Status[None]:
    """Test a kind of channel regularly; the first test goes out at once."""
    canaries.set_canary(caller(request), body.channel, every_seconds=body.every_seconds, now=timezone.now())
    return Status(204, None)


@router.delete("/canaries/{kind}", response={204: None}, operation_id="remove_canary")
def remove_canary(request: HttpRequest, kind: str) -> Status[None]:
    """Test a kind of channel no more."""
    canaries.remove_canary(caller(request), kind, now=timezone.now())
    return Status(204, None)
