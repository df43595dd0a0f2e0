"""Changes over HTTP: deployments of everybody's CD with what they carried, and how good that data is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.delivery.changes import queries, schemas
from roadbed.delivery.changes.linking import usecases as linking
from roadbed.delivery.changes.quality.queries import quality
from roadbed.delivery.changes.sources.api import router as sources
from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise

router = Router(tags=["changes"])
router.add_router("", sources)


@router.get("/services/{name}/changes", response=schemas.DeployedPage)
def list_changes(
    request: HttpRequest, name: str, environment: str | None = None, cursor: str | None = None, limit: int = 20
) -> Any:
    """What went live in a service, by whichever CD, with the commits that each deployment carried."""
    authorise(caller(request), "read")
    service = catalog.require_service(name)
    return queries.deployments_of(service.uid, environment=environment, cursor=cursor, limit=limit)


@router.get("/services/{name}/deployment-counts", response=schemas.CountsOut)
def count_deployments(request: HttpRequest, name: str, environment: str = "production") -> Any:
    """How often it was deployed, failed and rolled back in the last 28 days."""
    authorise(caller(request), "read")
    return queries.counts_of(catalog.require_service(name).uid, environment=environment, now=timezone.now())


@router.put("/deployments/{uid}/link", response={204: None})
def correct_link(request: HttpRequest, uid: str, body: schemas.DeploymentLinkIn) -> Status[None]:
    """Say by hand which commits a deployment carried; recorded as a fact, and stands before what was found."""
    linking.correct(caller(request), uid, commits=body.commits, reason=body.reason, now=timezone.now())
    return Status(204, None)


@router.delete("/deployments/{uid}/link", response={204: None})
def withdraw_link(request: HttpRequest, uid: str) -> Status[None]:
    """Take a correction back; the deployment is linked from what was told again."""
    linking.withdraw(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.get("/delivery/quality", response=schemas.DataQualityOut)
def show_quality(request: HttpRequest, days: int = 28) -> Any:
    """How good the data is that delivery is measured by: each finding with what mends it."""
    authorise(caller(request), "read")
    return quality(days=days, now=timezone.now())
