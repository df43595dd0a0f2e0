"""The catalogue over HTTP: entities, services, what is wrong with their files, and engagements."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.api.paging import Page
from roadbed.ground.catalog import archiving, queries, schemas, usecases
from roadbed.ground.people.rules import authorise

router = Router(tags=["catalogue"])
_SHOWN = tuple(schemas.EntityRowOut.model_fields)


class Filter(Schema):
    """What a list is narrowed to; empty is no narrowing."""

    type: str = ""
    owner: str = ""
    lifecycle: str = ""
    system: str = ""
    tag: str = ""
    q: str = ""
    cursor: str = ""
    limit: int = 20


class EntityFilter(Filter):
    """The same, and the kind."""

    kind: str = ""


@router.get("/catalog/entities", response=schemas.EntityPage, operation_id="list_entities")
def list_entities(request: HttpRequest, wanted: Annotated[EntityFilter, Query()]) -> HttpResponse:
    """Entities by name."""
    authorise(caller(request), "read")
    page = queries.entities(**wanted.dict())
    # The rows are columns of our own making: they are written as they are, since checking each again costs more.
    return _json({"items": [_row(row) for row in page.items], "next_cursor": page.next_cursor})


@router.post("/catalog/entities", response={201: schemas.RegistrationOut}, operation_id="register_file")
def register_file(request: HttpRequest, body: schemas.RegisterIn) -> Any:
    """Register all entities of a file, all or none; the same file again changes nothing."""
    now = timezone.now()
    if body.text is None:
        return Status(201, usecases.register_location(caller(request), location=body.location, path=body.path, now=now))
    return Status(
        201, usecases.register(caller(request), text=body.text, location=body.location, path=body.path, now=now)
    )


@router.post("/teams/{name}/archive", response={204: None}, operation_id="archive_team")
def archive_team(request: HttpRequest, name: str) -> Any:
    """Take a team out of use that owns nothing any more; its past stays."""
    archiving.archive_team(caller(request), name, now=timezone.now())
    return Status(204, None)


@router.get("/catalog/entities/{path:ref}", response=schemas.EntityOut, operation_id="show_entity")
def show_entity(request: HttpRequest, ref: str) -> Any:
    """An entity by its uid or `[kind:][namespace/]name`, with its relations and what is wrong with its file."""
    authorise(caller(request), "read")
    return queries.require_entity(ref)


@router.delete("/catalog/entities/{path:ref}", response=list[str], operation_id="unregister_entity")
def unregister_entity(request: HttpRequest, ref: str, *, whole_location: bool = False) -> Any:
    """Take an entity out, or everything its file holds; answers what went."""
    return list(usecases.unregister(caller(request), ref, whole_location=whole_location, now=timezone.now()))


@router.get("/catalog/services", response=schemas.ServicePage, operation_id="list_services")
def list_services(request: HttpRequest, wanted: Annotated[Filter, Query()]) -> Page[queries.ServiceView]:
    """Services by name."""
    authorise(caller(request), "read")
    return queries.services(**wanted.dict())


@router.get("/catalog/services/{name}", response=schemas.ServiceOut, operation_id="show_service")
def show_service(request: HttpRequest, name: str) -> Any:
    """A service by its uid or name."""
    authorise(caller(request), "read")
    return queries.require_service(name)


@router.get(
    "/catalog/services/{name}/engagements", response=list[schemas.EngagementOut], operation_id="list_engagements_of"
)
def list_engagements_of(request: HttpRequest, name: str) -> Any:
    """A service's engagements, newest first."""
    authorise(caller(request), "read")
    return list(queries.engagements(queries.require_service(name).uid))


@router.post(
    "/catalog/services/{name}/engagements", response={201: schemas.EngagementOut}, operation_id="start_engagement"
)
def start_engagement(request: HttpRequest, name: str, body: schemas.EngagementIn) -> Any:
    """Engage an SRE team on a service."""
    now = timezone.now()
    uid = usecases.start_engagement(
        caller(request),
        name,
        team=body.team,
        started_on=body.started_on or now.date(),
        entry_review=body.entry_review,
        objectives=tuple(body.objectives),
        hand_back=tuple(body.hand_back),
        kind=body.kind,
        owner_hours=body.owner_hours,
        now=now,
    )
    return Status(201, _engagement(name, uid))


@router.post("/catalog/services/{name}/engagements/end", response=schemas.EngagementOut, operation_id="end_engagement")
def end_engagement(request: HttpRequest, name: str, body: schemas.EngagementEndIn) -> Any:
    """End a service's open engagement."""
    now = timezone.now()
    ended_on = body.ended_on or now.date()
    uid = usecases.end_engagement(caller(request), name, ended_on=ended_on, reason=body.reason, now=now)
    return _engagement(name, uid)


@router.get("/catalog/engagements", response=list[schemas.EngagementOut], operation_id="list_engagements")
def list_engagements(request: HttpRequest) -> Any:
    """All engagements, newest first."""
    authorise(caller(request), "read")
    return list(queries.engagements())


@router.get("/catalog/errors", response=list[schemas.ErrorOut], operation_id="list_ingest_errors")
def list_ingest_errors(request: HttpRequest) -> Any:
    """Everything that is wrong with registered files now."""
    authorise(caller(request), "read")
    return list(queries.ingest_errors())


@router.get("/catalog/locations", response=list[schemas.LocationOut], operation_id="list_locations")
def list_locations(request: HttpRequest) -> Any:
    """All files that entities are read from."""
    authorise(caller(request), "read")
    return list(queries.locations())


@router.post("/catalog/refresh", response=schemas.RefreshedOut, operation_id="refresh_file")
def refresh_file(request: HttpRequest, body: schemas.RefreshIn) -> Any:
    """Read a registered file again now; what is wrong with it is in `errors`."""
    done = usecases.refresh(caller(request), location=body.location, path=body.path, now=timezone.now())
    errors = [fault.as_problem() for fault in done.errors]
    return {"location": done.location, "path": done.path, "changed": done.changed, "errors": errors}


def _row(row: queries.EntityRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHOWN}


def _engagement(name: str, uid: str) -> queries.EngagementView:
    found = queries.engagements(queries.require_service(name).uid)
    return next(row for row in found if row.uid == uid)


def _json(document: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(document), content_type="application/json; charset=utf-8")
