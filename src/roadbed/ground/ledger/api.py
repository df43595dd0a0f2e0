"""The ledger over HTTP: facts, the inbox, and how far projections have read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import NotFound
from roadbed.ground.ledger import inbox, listings, projections, queries, schemas, usecases
from roadbed.ground.people.rules import authorise

router = Router(tags=["ledger"])


@router.get("/ledger/facts", response=schemas.FactPage, operation_id="list_facts")
def list_facts(
    request: HttpRequest,
    *,
    subject: str = "",
    kind: str = "",
    oldest_first: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Any:
    """What happened, newest first; oldest first to follow along."""
    authorise(caller(request), "read")
    return listings.facts(subject=subject, kind=kind, oldest_first=oldest_first, cursor=cursor, limit=limit)


@router.get("/ledger/facts/{uid}", response=schemas.FactOut, operation_id="get_fact")
def get_fact(request: HttpRequest, uid: str) -> Any:
    """One fact, whole."""
    authorise(caller(request), "read")
    found = queries.fact(uid)
    if found is None:
        raise NotFound(f"No fact {uid[:40]}.", remedy="`roadbed ledger facts` lists them.")
    return found


@router.get("/ledger/inbox", response=schemas.ItemPage, operation_id="list_deliveries")
def list_deliveries(request: HttpRequest, state: str = "", source: str = "", cursor: str = "", limit: int = 50) -> Any:
    """Deliveries from outside, newest first."""
    authorise(caller(request), "read")
    return listings.inbox(state=state, source=source, cursor=cursor, limit=limit)


@router.get("/ledger/inbox/{uid}", response=schemas.ItemWhole, operation_id="show_delivery")
def show_delivery(request: HttpRequest, uid: str) -> Any:
    """One delivery as it arrived."""
    authorise(caller(request), "inbox.replay")
    return listings.delivery(uid)


@router.post("/ledger/inbox/{uid}/replay", response=schemas.StateOut, operation_id="replay_delivery")
def replay_delivery(request: HttpRequest, uid: str) -> Any:
    """Read a failed delivery again, after its reader was mended."""
    return {"state": inbox.replay(caller(request), uid, now=timezone.now())}


@router.get("/ledger/projections", response=list[schemas.ProgressOut], operation_id="list_projections")
def list_projections(request: HttpRequest) -> Any:
    """All projections with how far they have read."""
    authorise(caller(request), "read")
    return list(projections.progress())


@router.post(
    "/ledger/projections/{name}/rebuild", response={202: schemas.RebuildOut}, operation_id="rebuild_projection"
)
def rebuild_projection(request: HttpRequest, name: str) -> Any:
    """Have a projection computed again from the first fact."""
    return Status(202, {"job": usecases.request_rebuild(caller(request), name, now=timezone.now())})
