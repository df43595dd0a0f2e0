"""Alerts over HTTP: integrations, alerts with their decisions, silences, and why somebody was paged or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import authorise
from roadbed.ground.ports.events import Unreadable
from roadbed.reliability.paging.alerts import integrating, queries, schemas, silencing, why
from roadbed.reliability.paging.alerts.integrating import Opened
from roadbed.reliability.paging.rules.alerts import mapping as mappings

router = Router(tags=["alerts"])


@router.get("/alerts/integrations", response=schemas.IntegrationsOut)
def list_integrations(request: HttpRequest) -> Any:
    """All integrations: when each was last heard, what is open, what could not be read."""
    authorise(caller(request), "read")
    return {"items": list(queries.integrations())}


@router.post("/alerts/integrations", response={201: schemas.IntegrationOpenedOut})
def add_integration(request: HttpRequest, response: HttpResponse, body: schemas.IntegrationIn) -> Status[Any]:
    """Open a door for a monitoring system; the answer holds its key, this once."""
    opened = integrating.add(
        caller(request), body.kind, body.name, team=body.team, service=body.service, settings=body.given(),
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, _opened(response, opened))


def _opened(response: HttpResponse, opened: Opened) -> dict[str, Any]:
    response["Cache-Control"] = "no-store"
    view = queries.integration(opened.name)
    return {**{name: getattr(view, name) for name in view.__slots__}, "key": opened.key}


@router.get("/alerts/integrations/{name}", response=schemas.IntegrationOut)
def show_integration(request: HttpRequest, name: str) -> Any:
    """One integration."""
    authorise(caller(request), "read")
    return queries.integration(name)


@router.patch("/alerts/integrations/{name}", response=schemas.IntegrationOut)
def change_integration(request: HttpRequest, name: str, body: schemas.IntegrationSettingsIn) -> Any:
    """Change what it does with what comes from now on."""
    integrating.change(caller(request), name, settings=body.given(), now=timezone.now())
    return queries.integration(name)


@router.post("/alerts/integrations/{name}/rotate", response=schemas.IntegrationOpenedOut)
def rotate_integration(
    request: HttpRequest, response: HttpResponse, name: str, body: schemas.IntegrationRotateIn
) -> Any:
    """Make a new key; for the overlap the former one opens the door as well."""
    overlap = timedelta(hours=body.overlap_hours)
    return _opened(response, integrating.rotate(caller(request), name, overlap=overlap, now=timezone.now()))


@router.post("/alerts/integrations/{name}/archive", response=schemas.IntegrationOut)
def archive_integration(request: HttpRequest, name: str) -> Any:
    """Close the door; what came through it stays."""
    integrating.archive(caller(request), name, now=timezone.now())
    return queries.integration(name)


@router.post("/alerts/integrations/{name}/restore", response=schemas.IntegrationOut)
def restore_integration(request: HttpRequest, name: str) -> Any:
    """Open it again, with the key that it had."""
    integrating.restore(caller(request), name, now=timezone.now())
    return queries.integration(name)


@router.post("/alerts/integrations/{name}/replay", response=schemas.AlertsReplayedOut)
def replay_integration(request: HttpRequest, name: str) -> Any:
    """Read again what could not be read, as after its mapping was mended."""
    return {"deliveries": integrating.read_again(caller(request), name)}


@router.post("/alerts/mapping/try", response=schemas.MappingTriedOut)
def try_mapping(request: HttpRequest, body: schemas.MappingTryIn) -> Any:
    """Read a message by a mapping without keeping either."""
    authorise(caller(request), "read")
    checked = mappings.checked(body.mapping)
    try:
        told = mappings.read(body.sample, checked)
    except Unreadable as fault:
        raise Invalid(str(fault), remedy="Mend the path, or the sample.", place=Place(field="sample")) from None
    return {"alerts": list(told.signals)}


@router.get("/alerts", response=schemas.SignalList)
def list_alerts(request: HttpRequest, asked: Query[schemas.SignalFilters]) -> Any:
    """Alerts of other systems, newest first."""
    authorise(caller(request), "read")
    return queries.signals(
        state=asked.state, team=asked.team, integration=asked.integration, cursor=asked.cursor, limit=asked.limit,
        service_uid=require_service(asked.service).uid if asked.service else "",
    )  # fmt: skip


@router.get("/alerts/silences", response=schemas.SilencesOut)
def list_silences(request: HttpRequest, everything: bool = False) -> Any:  # noqa: FBT001, FBT002 - a query parameter
    """Silences and maintenance windows; with `everything` those that are over too."""
    authorise(caller(request), "read")
    return {"items": list(queries.silences(now=timezone.now(), everything=everything))}


@router.post("/alerts/silences", response={201: schemas.SilenceOut})
def add_silence(request: HttpRequest, body: schemas.SilenceIn) -> Status[Any]:
    """Let alerts page nobody for a while, those that are open included."""
    now = timezone.now()
    asked = silencing.Asked(body.matchers, body.starts_at or now, body.ends_at, body.reason, body.rrule, body.zone)
    uid = silencing.silence(caller(request), asked, now=now)
    return Status(201, queries.silence(uid, now=now))


@router.post("/alerts/silences/preview", response=schemas.SilenceHitOut)
def preview_silence(request: HttpRequest, body: schemas.SilencePreviewIn) -> Any:
    """What matchers hit, before they silence anything."""
    authorise(caller(request), "read")
    return queries.hit(body.matchers, now=timezone.now())


@router.post("/alerts/silences/{uid}/end", response=schemas.SilenceOut)
def end_silence(request: HttpRequest, uid: str) -> Any:
    """End one before its time; what still fires is paged within seconds."""
    now = timezone.now()
    silencing.end(caller(request), uid, now=now)
    return queries.silence(uid, now=now)


@router.get("/alerts/why", response=schemas.WhyOut)
def why_person(request: HttpRequest, asked: Query[schemas.WhyAsked]) -> Any:
    """Why a person was paged, or was not, around an instant."""
    authorise(caller(request), "read")
    return why.why_person(asked.person, at=asked.at or timezone.now(), minutes=asked.minutes)


@router.get("/alerts/{uid}", response=schemas.SignalDetailOut)
def show_alert(request: HttpRequest, uid: str) -> Any:
    """One alert with everything that was decided about it."""
    authorise(caller(request), "read")
    return {"alert": queries.require_signal(uid), "decisions": list(queries.decisions(signal=uid))}


@router.get("/pages/{uid}/why", response=schemas.PageWhyOut)
def why_page(request: HttpRequest, uid: str) -> Any:
    """Everything that was decided about one page, and who of its steps got it."""
    authorise(caller(request), "read")
    return why.why_page(uid)
