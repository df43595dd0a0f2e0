"""How people are reached, over HTTP: verification, notification methods, replies by mail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from roadbed.ground.api.doors import caller
from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.reaching import answers, schemas, wishes

router = Router(tags=["paging"])


@router.post("/me/channels/verify", response=schemas.VerifiedOut, operation_id="verify_only_channel")
def verify_only_channel(request: HttpRequest, body: schemas.CodeIn) -> Any:
    """Verify the caller's only channel that waits for a code."""
    return {"uid": usecases.verify_channel(caller(request), "", body.code, now=timezone.now())}


@router.post("/channels/{uid}/verify", response=schemas.VerifiedOut, operation_id="verify_channel")
def verify_channel(request: HttpRequest, uid: str, body: schemas.CodeIn) -> Any:
    """Verify a channel by the code of its test message: 15 minutes, five tries."""
    return {"uid": usecases.verify_channel(caller(request), uid, body.code, now=timezone.now())}


@router.get("/me/notifications", response=schemas.NotificationsOut, operation_id="show_notifications")
def show_notifications(request: HttpRequest, email: str = "") -> Any:
    """How the caller is paged; with `email` somebody else, for an administrator."""
    return wishes.show_wishes(caller(request), email=email[:254], now=timezone.now())


@router.put("/me/notifications", response=schemas.NotificationsOut, operation_id="set_notifications")
def set_notifications(request: HttpRequest, body: schemas.NotificationsIn) -> Any:
    """Say how one is paged: methods in order by urgency, quiet hours for what is not urgent."""
    return wishes.set_wishes(
        caller(request),
        email=body.email,
        zone=body.zone,
        high=[way.dict() for way in body.high],
        low=[way.dict() for way in body.low],
        quiet=[{"days": one.days, "from": one.start, "to": one.end} for one in body.quiet],
        now=timezone.now(),
    )


@router.post("/page-replies", response=schemas.ReplyOut, operation_id="reply_to_page")
def reply_to_page(request: HttpRequest, body: schemas.ReplyIn) -> Any:
    """Hand in a mail that replies to a page; one that says `ack` takes it, from the address that it went to."""
    try:
        raw = body.mail.encode("latin-1")
    except UnicodeEncodeError:
        raw = body.mail.encode("utf-8", "replace")
    return answers.acknowledge_by_mail(caller(request), raw, now=timezone.now())
