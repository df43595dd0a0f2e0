"""Incidents over HTTP: list, look, declare, write, change, roll back, end; what responders do is in `response_api`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.people.rules import authorise
from roadbed.reliability.incidents import queries, response_api, roles, schemas, usecases
from roadbed.reliability.incidents.response_api import detail
from roadbed.reliability.incidents.status.api import router as status_router

router = Router(tags=["incidents"])
router.add_router("", response_api.router)
router.add_router("", status_router)


@router.get("/incidents", response=schemas.IncidentList)
def list_incidents(
    request: HttpRequest,
    status: str = "",
    service: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Any:
    """Incidents, newest first; `status` is open, mitigated, resolved or unresolved."""
    asking = caller(request)
    authorise(asking, "read")
    service_uid = require_service(service).uid if service else ""
    return queries.incidents(status=status, service_uid=service_uid, caller=asking, cursor=cursor, limit=limit)


@router.post("/incidents", response={201: schemas.IncidentDetail})
def open_incident(request: HttpRequest, body: schemas.OpenIn) -> Status[dict[str, Any]]:
    """Declare an incident that somebody saw; pages open theirs themselves."""
    said = body.dict()
    said["further"] = tuple(said["further"])
    uid = usecases.open_by_hand(caller(request), **said, now=timezone.now())
    return Status(201, detail(request, uid))


@router.get("/incidents/{reference}", response=schemas.IncidentDetail)
def show_incident(request: HttpRequest, reference: str) -> Any:
    """One incident, by `INC-7`, `7` or its uid."""
    authorise(caller(request), "read")
    return detail(request, reference)


@router.patch("/incidents/{reference}", response=schemas.IncidentDetail)
def change_incident(request: HttpRequest, reference: str, body: schemas.ChangeIn) -> Any:
    """Say better what it is."""
    said = body.dict()
    said["services"] = None if said["services"] is None else tuple(said["services"])
    usecases.change(caller(request), reference, **said, now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/notes", response={201: schemas.IncidentDetail})
def write_note(request: HttpRequest, reference: str, body: schemas.NoteIn) -> Status[dict[str, Any]]:
    """Write to the timeline."""
    usecases.note(caller(request), reference, text=body.text, now=timezone.now())
    return Status(201, detail(request, reference))


@router.post("/incidents/{reference}/roles", response=schemas.IncidentDetail)
def assign_role(request: HttpRequest, reference: str, body: schemas.RoleIn) -> Any:
    """Give a role to a person, or take it away."""
    roles.assign(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/rollback", response={202: schemas.RollBackOut})
def roll_back(request: HttpRequest, reference: str, body: schemas.RollBackIn) -> Status[dict[str, str]]:
    """Bring the service's last good release back; no gate is asked."""
    uid = usecases.roll_back(caller(request), reference, reason=body.reason, now=timezone.now())
    return Status(202, {"deployment": uid})


@router.post("/incidents/{reference}/mitigate", response=schemas.IncidentDetail)
def mitigate(request: HttpRequest, reference: str, body: schemas.MitigateIn) -> Any:
    """Say that customers are no longer harmed."""
    usecases.mitigate(caller(request), reference, at=body.at, version=body.version, now=timezone.now())
    return detail(request, reference)


@router.post("/incidents/{reference}/resolve", response=schemas.IncidentDetail)
def resolve(request: HttpRequest, reference: str, body: schemas.ResolveIn) -> Any:
    """End it; a review is drafted within seconds."""
    usecases.resolve(caller(request), reference, **body.dict(), now=timezone.now())
    return detail(request, reference)
