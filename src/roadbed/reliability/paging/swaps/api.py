"""Requests for shifts over HTTP: asked, accepted, declined, withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import authorise
from roadbed.reliability.paging.schedule_schemas import Uid
from roadbed.reliability.paging.swaps import answering, asking, queries, schemas

router = Router(tags=["paging"])


@router.get("/teams/{name}/shift-requests", response=list[schemas.RequestOut], operation_id="list_shift_requests")
def list_of_team(request: HttpRequest, name: str, asked: Query[schemas.RequestsAsked]) -> Any:
    """A team's requests for shifts that wait for an answer."""
    authorise(caller(request), "read")
    return list(queries.of_team(name, now=timezone.now(), everything=asked.everything))


@router.get("/me/shift-requests", response=list[schemas.RequestOut], operation_id="list_my_shift_requests")
def list_mine(request: HttpRequest, asked: Query[schemas.RequestsAsked]) -> Any:
    """What the caller asked for, and what is asked of them."""
    who = caller(request)
    authorise(who, "read")
    return list(queries.of_person(who.uid, who.teams, now=timezone.now(), everything=asked.everything))


@router.post("/teams/{name}/shift-requests", response={201: Uid}, operation_id="ask_for_shift")
def ask(request: HttpRequest, name: str, body: schemas.RequestIn) -> Any:
    """Ask somebody, or anyone of the team, to take time of the caller's. Nothing changes before they accept."""
    back = None
    if body.back_starts_at is not None or body.back_ends_at is not None:
        if body.back_starts_at is None or body.back_ends_at is None:
            raise Invalid("A trade has a start and an end.", remedy="Give both.", place=Place(field="back_ends_at"))
        back = (body.back_starts_at, body.back_ends_at)
    uid = asking.ask(
        caller(request), name, starts_at=body.starts_at, ends_at=body.ends_at, to=body.to, back=back,
        standby=body.standby, note=body.note, now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": uid})


@router.post("/shift-requests/{uid}/accept", response=schemas.RequestOut, operation_id="accept_shift_request")
def accept(request: HttpRequest, uid: str) -> Any:
    """Take the time: the override is made now."""
    answering.accept(caller(request), uid, now=timezone.now())
    return queries.view_of(asking.request_of(uid))


@router.post("/shift-requests/{uid}/decline", response=schemas.RequestOut, operation_id="decline_shift_request")
def decline(request: HttpRequest, uid: str) -> Any:
    """Say no."""
    answering.decline(caller(request), uid, now=timezone.now())
    return queries.view_of(asking.request_of(uid))


@router.delete("/shift-requests/{uid}", response={204: None}, operation_id="withdraw_shift_request")
def withdraw(request: HttpRequest, uid: str) -> Status[None]:
    """Take a request back."""
    asking.withdraw(caller(request), uid, now=timezone.now())
    return Status(204, None)
