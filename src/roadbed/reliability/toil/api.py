"""Toil over HTTP: shares of time, entries, candidates, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import ADMIN, authorise
from roadbed.reliability.toil import quarterly, queries, requesting, schemas, usecases

router = Router(tags=["toil"])


@router.get("/toil", response=schemas.ToilOut, operation_id="show_toil")
def show_toil(request: HttpRequest, days: int = 28) -> Any:
    """Each team's share of time over 28 or 91 days; a person's only to that person and to the team's leads."""
    asking = caller(request)
    authorise(asking, "read")
    return queries.board(days=days, now=timezone.now(), viewer=asking)


@router.get("/toil/entries", response=list[schemas.ToilEntryOut], operation_id="list_toil")
def list_toil(request: HttpRequest, days: int = 28, team: str = "") -> Any:
    """Pieces of work of the caller's teams, of all for an admin, newest first; named are one's own, all to leads."""
    asking = caller(request)
    authorise(asking, "read")
    found = queries.entries(now=timezone.now(), days=min(max(days, 1), 366), team=team, viewer=asking)
    return [one for one in found if asking.role == ADMIN or one.team in asking.teams]


@router.post("/toil/entries", response={201: schemas.ToilUid}, operation_id="log_toil")
def log_toil(request: HttpRequest, body: schemas.ToilIn) -> Any:
    """Log a piece of one's own work."""
    uid = usecases.log(
        caller(request),
        minutes=body.minutes,
        what=body.what,
        category=body.category,
        team=body.team,
        tests=body.tests,
        occurred_at=body.occurred_at,
        now=timezone.now(),
    )
    return Status(201, {"uid": uid})


@router.post("/toil/requests", response={201: schemas.ToilUid}, operation_id="toil_request_done")
def toil_request_done(request: HttpRequest, body: schemas.RequestDoneIn) -> Any:
    """Note a request that was done by hand; the same `reference` again answers the first."""
    return Status(201, {"uid": requesting.request_done(caller(request), **body.dict(), now=timezone.now())})


@router.get("/toil/quarters", response=list[schemas.TeamQuartersOut], operation_id="show_toil_quarters")
def show_toil_quarters(request: HttpRequest, quarters: int = 5) -> Any:
    """Each team's toil by calendar quarter, the oldest first."""
    authorise(caller(request), "read")
    return list(quarterly.quarters(now=timezone.localtime(), many=quarters))


@router.post("/toil/entries/{uid}/leave-out", response={204: None}, operation_id="leave_toil_out")
def leave_toil_out(request: HttpRequest, uid: str, body: schemas.LeftOutIn) -> Status[None]:
    """Leave an entry out of every figure, with a reason."""
    usecases.leave_out(caller(request), uid, reason=body.reason, now=timezone.now())
    return Status(204, None)


@router.get("/toil/tasks", response=schemas.TasksOut, operation_id="list_toil_tasks")
def list_toil_tasks(request: HttpRequest, team: str = "") -> Any:
    """Candidates of the last quarter by hours won, and what paid off."""
    authorise(caller(request), "read")
    now = timezone.now()
    return {"candidates": list(queries.candidates(now=now, team=team)), "saved": list(queries.saved(now=now))}


@router.put("/toil/tasks/{uid}/estimate", response=schemas.CandidateOut, operation_id="estimate_toil_task")
def estimate_toil_task(request: HttpRequest, uid: str, body: schemas.EstimateIn) -> Any:
    """Say what automating a task would take."""
    now = timezone.now()
    usecases.estimate(
        caller(request), uid, build_low=body.build_low, build_high=body.build_high, upkeep=body.upkeep, now=now
    )
    return queries.candidate(uid, now=now)


@router.post("/toil/tasks/{uid}/plan", response=schemas.CandidateOut, operation_id="plan_toil_task")
def plan_toil_task(request: HttpRequest, uid: str, body: schemas.PlanIn) -> Any:
    """Make a candidate work with one owner, a day, and a link to where it is tracked."""
    now = timezone.now()
    usecases.plan(caller(request), uid, owner=body.owner, due=body.due, link=body.link, now=now)
    return queries.candidate(uid, now=now)


@router.post("/toil/tasks/{uid}/finish", response=schemas.CandidateOut, operation_id="finish_toil_task")
def finish_toil_task(request: HttpRequest, uid: str, body: schemas.FinishIn) -> Any:
    """Say that it is automated; its saving is measured from then on."""
    now = timezone.now()
    usecases.finish(caller(request), uid, built_hours=body.built_hours, now=now)
    return queries.candidate(uid, now=now)
