"""Releases over HTTP: deploy, roll back, stop, look, report."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise
from roadbed.platform.releases import queries, reporting, schemas, usecases
from roadbed.platform.releases.rules import PRODUCTION, checked_environment
from roadbed.platform.releases.values import DeploymentView, RollbackPreview

router = Router(tags=["releases"])
EnvironmentQuery = Annotated[str, Query(max_length=40)]


def _readable(request: HttpRequest, name: str) -> catalog.ServiceView:
    authorise(caller(request), "read")
    return catalog.require_service(name)


@router.post("/services/{name}/deployments", response={202: schemas.DeploymentOut})
def deploy(request: HttpRequest, name: str, body: schemas.DeployIn) -> DeploymentView:
    """Ask for a commit to be made live; follow /deployments/{uid} for how it goes."""
    uid = usecases.request_deployment(
        caller(request), name, ref=body.ref, environment=body.environment, kind=body.kind, now=timezone.now()
    )
    return queries.deployment(uid)


@router.get("/services/{name}/deployments", response=schemas.DeploymentPage)
def list_deployments(
    request: HttpRequest, name: str, environment: str | None = None, cursor: str | None = None, limit: int = 20
) -> Any:
    """Deployments, rollbacks and reports, newest first."""
    service = _readable(request, name)
    return queries.deployments_of(service.uid, environment=environment, cursor=cursor, limit=limit)


@router.get("/deployments/{uid}", response=schemas.DeploymentOut)
def show_deployment(request: HttpRequest, uid: str) -> DeploymentView:
    """One deployment with its steps, the gate's verdict, and why it failed."""
    authorise(caller(request), "read")
    return queries.deployment(uid)


@router.get("/deployments/{uid}/lines", response=schemas.LinesOut)
def show_lines(
    request: HttpRequest,
    uid: str,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> dict[str, Any]:
    """Lines of its log after a line's id."""
    authorise(caller(request), "read")
    queries.deployment(uid)
    return {"items": queries.lines_of(uid, after=after, limit=limit)}


@router.get("/services/{name}/rollback", response=schemas.RollbackPreviewOut)
def preview_rollback(
    request: HttpRequest, name: str, environment: EnvironmentQuery = PRODUCTION, to: str | None = None
) -> RollbackPreview:
    """What a rollback would change, and what would stay; changes nothing."""
    return usecases.preview_rollback(caller(request), name, environment=environment, to=to)


@router.post("/services/{name}/rollback", response={202: schemas.DeploymentOut})
def roll_back(request: HttpRequest, name: str, body: schemas.RollbackIn) -> DeploymentView:
    """Ask for a former release to be brought back. No gate is asked, and no deployment is waited for."""
    uid = usecases.request_rollback(
        caller(request), name, environment=body.environment, to=body.to, reason=body.reason, now=timezone.now()
    )
    return queries.deployment(uid)


@router.post("/services/{name}/stop", response={202: schemas.StoppingOut})
def stop(request: HttpRequest, name: str, body: schemas.StopIn) -> dict[str, str]:
    """Ask for a service to be stopped; its releases stay."""
    job = usecases.request_stop(caller(request), name, environment=body.environment, now=timezone.now())
    return {"job": job}


@router.get("/services/{name}/releases", response=schemas.ReleasesOut)
def list_releases(
    request: HttpRequest, name: str, environment: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """Releases, newest first."""
    service = _readable(request, name)
    return {"items": queries.releases_of(service.uid, environment=environment, limit=limit)}


@router.get("/services/{name}/status", response=schemas.StatusOut)
def show_status(request: HttpRequest, name: str) -> dict[str, Any]:
    """How a service is in each environment, as the runtime last said."""
    service = _readable(request, name)
    status = queries.runtime_status(service.uid)
    return {
        "service_uid": service.uid,
        "service": service.name,
        "deployed_by": status.deployed_by,
        "workloads": status.workloads,
        "newest": queries.deployments_of(service.uid, limit=5).items,
    }


@router.get("/services/{name}/logs", response=schemas.LogOut)
def show_log(
    request: HttpRequest,
    name: str,
    environment: EnvironmentQuery = PRODUCTION,
    lines: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> dict[str, Any]:
    """The newest lines that the serving release printed."""
    service = _readable(request, name)
    return {"lines": queries.log_of(service.uid, environment=checked_environment(environment), lines=lines)}


@router.post("/services/{name}/deployment-reports", response={200: schemas.ReportedOut, 201: schemas.ReportedOut})
def report_deployment(request: HttpRequest, name: str, body: schemas.ReportIn) -> Status[reporting.Reported]:
    """Record what another CD deployed, once per source and id."""
    given = body.dict()
    source_id = given.pop("id")
    if body.commits is not None:
        given["commits"] = [reporting.CarriedCommit(**commit.dict()) for commit in body.commits]
    reported = reporting.report_deployment(caller(request), name, **given, source_id=source_id, now=timezone.now())
    return Status(200 if reported.known else 201, reported)
