"""What responders do, over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.incidents import (
    chatting,
    joining,
    judging,
    queries,
    roles,
    schemas,
    severities,
    tasks,
    telling,
    timing,
    usecases,
)
from roadbed.reliability.incidents import shapes_of_response as shapes
from roadbed.reliability.incidents.budget import spent
from roadbed.reliability.incidents.writing import person_called

router = Router(tags=["incidents"])
Detail = schemas.IncidentDetail


def detail(request: HttpRequest, reference: str) -> dict[str, Any]:
    """One incident as the API shows it to the caller."""
    now = timezone.now()
    page = queries.incident(reference, now=now, caller=caller(request))
    flat = {name: getattr(page.view, name) for name in (*schemas.IncidentOut.model_fields, "times", "room")}
    more = {
        name: getattr(page, name)
        for name in ("suspects", "timeline", "hidden", "tasks", "updates", "participants", "unfilled", "handover")
    }
    found = spent(page.view, now)
    budget = None if found is None else [{"service": one.service, **asdict(one.by)} for one in found]
    rest = {
        "acknowledged_at": page.acknowledged_at,
        "merged": page.merged,
        "draft": page.draft,
        "none_of_these": page.none_of_these,
    }
    return flat | more | rest | {"budget": budget, "budget_as_of": now}


@router.post("/incidents/{reference}/stage", response=Detail)
def set_stage(request: HttpRequest, reference: str, body: shapes.StageIn) -> Any:
    """Say what is done about it now; monitoring mitigates, resolved resolves, anything else opens it again."""
    usecases.move(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/reopen", response=Detail)
def reopen(request: HttpRequest, reference: str, body: shapes.ReopenIn) -> Any:
    """Open it again, because it is not over."""
    usecases.reopen(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/handover", response=Detail)
def hand_over(request: HttpRequest, reference: str, body: shapes.HandoverIn) -> Any:
    """Hand a role over with what its next holder needs to know."""
    roles.hand_over(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/tasks", response={201: Detail})
def add_task(request: HttpRequest, reference: str, body: shapes.IncidentTaskIn) -> Status[dict[str, Any]]:
    """Note a piece of work."""
    tasks.add_task(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, detail(request, reference))


@router.patch("/incidents/{reference}/tasks/{number}", response=Detail)
def change_task(request: HttpRequest, reference: str, number: int, body: shapes.IncidentTaskChangeIn) -> Any:
    """Give a task to somebody, set when it is due, or say that it is done."""
    asking, now = caller(request), timezone.now()
    if body.owner is not None or body.due_at is not None:
        tasks.change_task(asking, reference, number, owner=body.owner, due_at=body.due_at, now=now)
    if body.done is not None:
        tasks.finish_task(asking, reference, number, done=body.done, now=now)
    return detail(request, reference)


@router.post("/incidents/{reference}/updates", response={201: Detail})
def post_update(request: HttpRequest, reference: str, body: shapes.UpdateIn) -> Status[dict[str, Any]]:
    """Tell stakeholders; a public update also goes to the status page and its subscribers."""
    telling.post_update(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, detail(request, reference))


@router.put("/incidents/{reference}/publication", response=Detail)
def publish(request: HttpRequest, reference: str, body: shapes.PublishIn) -> Any:
    """Put it on the status page under words for the public."""
    telling.publish(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.delete("/incidents/{reference}/publication", response=Detail)
def withdraw(request: HttpRequest, reference: str) -> Any:
    """Take it off the status page."""
    telling.withdraw(caller(request), reference, now=timezone.now())
    return detail(request, reference)


@router.put("/incidents/{reference}/privacy", response=Detail)
def set_private(request: HttpRequest, reference: str, body: shapes.PrivateIn) -> Any:
    """Hide it from all but its participants and admins, or open it."""
    telling.set_private(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/participants", response=Detail)
def let_in(request: HttpRequest, reference: str, body: shapes.LetInIn) -> Any:
    """Let somebody see a private incident."""
    telling.let_in(caller(request), reference, person=person_called(body.person), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/follow", response=Detail)
def follow(request: HttpRequest, reference: str, body: shapes.FollowIn) -> Any:
    """Have its updates mailed to the caller, or no longer."""
    telling.follow(caller(request), reference, follows=body.follows, now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/times", response=Detail)
def correct_time(request: HttpRequest, reference: str, body: shapes.TimeIn) -> Any:
    """Correct a time with its evidence; the latest word supersedes the one before, and figures follow."""
    timing.correct_time(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/marks", response=Detail)
def mark(request: HttpRequest, reference: str, body: shapes.MarkIn) -> Any:
    """Pin a line of the timeline, or hide it with a reason."""
    judging.mark(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/suspects", response=Detail)
def judge(request: HttpRequest, reference: str, body: shapes.JudgeIn) -> Any:
    """Confirm or dismiss a suspect."""
    judging.judge(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/merge", response=Detail)
def merge(request: HttpRequest, reference: str, body: shapes.MergeIn) -> Any:
    """Make it part of another one; answers that one."""
    joining.merge(caller(request), reference, body.into, now=timezone.now())
    return detail(request, body.into)


@router.post("/incidents/{reference}/unmerge", response=Detail)
def unmerge(request: HttpRequest, reference: str) -> Any:
    """Take a merge back."""
    joining.unmerge(caller(request), reference, now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/split", response={201: Detail})
def split(request: HttpRequest, reference: str, body: shapes.SplitIn) -> Status[dict[str, Any]]:
    """Make a second incident of some of its services and lines; answers the second."""
    said = body.dict()
    said |= {name: tuple(said[name]) for name in ("services", "entries")}
    uid = joining.split(caller(request), reference, **said, now=timezone.now())
    return Status(201, detail(request, uid))


@router.post("/incidents/{reference}/room", response={202: Detail})
def open_room(request: HttpRequest, reference: str) -> Status[dict[str, Any]]:
    """Have a chat room opened for it."""
    chatting.want_room(caller(request), reference, now=timezone.now())
    return Status(202, detail(request, reference))


@router.post("/incidents/{reference}/room/pins", response=Detail)
def take_pins(request: HttpRequest, reference: str) -> Any:
    """Bring what is pinned in the room onto the timeline."""
    chatting.take_pins(caller(request), reference, now=timezone.now())
    return detail(request, reference)


@router.delete("/incidents/{reference}/room", response={202: Detail})
def archive_room(request: HttpRequest, reference: str) -> Status[dict[str, Any]]:
    """Have the room archived."""
    chatting.want_archived(caller(request), reference, now=timezone.now())
    return Status(202, detail(request, reference))


@router.get("/severities", response=list[shapes.SeverityOut])
def list_severities(request: HttpRequest) -> Any:
    """What each severity means here."""
    authorise(caller(request), "read")
    return list(severities.severities())


@router.put("/severities/{number}", response=list[shapes.SeverityOut])
def define_severity(request: HttpRequest, number: int, body: shapes.SeverityIn) -> Any:
    """Say what a severity means here."""
    severities.define(caller(request), number, **body.dict(), now=timezone.now())
    return list(severities.severities())
