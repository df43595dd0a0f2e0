"""Delivery metrics over HTTP: the five with what they rest on, and the rows behind each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from roadbed.delivery.metrics import queries, rows
from roadbed.delivery.metrics.flow.api import router as flow
from roadbed.delivery.metrics.queries import DeliveryView
from roadbed.delivery.metrics.rules.figures import Figure
from roadbed.delivery.metrics.schemas import DeliveryAsked, DeliveryOut, RowPage, RowsAsked
from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise

router = Router(tags=["metrics"])
router.add_router("", flow)


@router.get("/metrics/delivery", response=DeliveryOut)
def show_delivery(request: HttpRequest, asked: Query[DeliveryAsked]) -> Any:
    """The five DORA metrics of a service, a team, a system or all, each with its interval and count."""
    authorise(caller(request), "read")
    view = queries.delivery(**asked.dict(), now=timezone.now())
    return _out(view)


def _out(view: DeliveryView) -> dict[str, Any]:
    measured = view.measured
    figures = {one.metric: _figure(one, view) for one in (*measured.five, measured.time_to_restore)}
    return figures | {
        "bots": _figure(measured.bots, view),
        "stages": [asdict(one) for one in measured.stages],
        "trends": {metric: asdict(one) for metric, one in view.drifts.items()},
        "working_hours": view.hours.words if view.hours else "",
        "service": view.scope.service,
        "team": view.scope.team,
        "system": view.scope.system,
        "days": view.days,
        "since": view.since,
        "until": view.until,
        "as_of": view.as_of,
        "pending": view.pending,
        "deployments": measured.deployments,
        "labels": measured.labels,
        "weeks": measured.weeks,
        "quality": asdict(measured.quality),
        "silent": view.silent,
        "overrides": view.overrides,
        "overrides_failed": view.overrides_failed,
        "edition": view.edition,
    }


def _figure(one: Figure, view: DeliveryView) -> dict[str, Any]:
    address = urlencode(view.asked(one.metric))
    return asdict(one) | {
        "clusters": view.clusters.get(one.metric, ()),
        "rows": f"/api/v1/metrics/delivery/rows?{address}",
    }


@router.get("/metrics/delivery/rows", response=RowPage)
def list_rows(request: HttpRequest, asked: Query[RowsAsked]) -> Any:
    """What a figure was counted from, newest first."""
    authorise(caller(request), "read")
    return rows.behind(**asked.dict(), now=timezone.now())
