"""Flow, beginnings and tests over HTTP. Teams and builds are told of; no endpoint knows a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.delivery.metrics.flow import beginnings, queries, rows, schemas
from roadbed.delivery.metrics.flow.rules.figures import FlowFigure
from roadbed.delivery.metrics.flow.testing import queries as tests
from roadbed.delivery.metrics.flow.testing import rules, usecases
from roadbed.delivery.metrics.flow.values import FlowView
from roadbed.delivery.metrics.histories import scope_of
from roadbed.delivery.metrics.schemas import ScopeAsked
from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise

router = Router()
_XML = {"requestBody": {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}}


_TAKEN = {200: schemas.SuiteReportOut, 201: schemas.SuiteReportOut}


@router.get("/metrics/flow", response=schemas.FlowOut)
def show_flow(request: HttpRequest, asked: Query[ScopeAsked]) -> Any:
    """How work flows to the trunk: age and size of changes, integrations, reviews, builds, as distributions."""
    authorise(caller(request), "read")
    view = queries.flow(**asked.dict(), now=timezone.now())
    return {
        "service": view.scope.service, "team": view.scope.team, "system": view.scope.system, "days": view.days,
        "since": view.since, "until": view.until, "figures": [_figure(one, view) for one in view.figures],
        "branches": view.branches, "weeks": view.weeks,
        "trends": {figure: asdict(one) for figure, one in view.drifts.items()}, "repositories": view.repositories,
        "shared": view.shared, "bots": view.bots, "pending": view.pending,
        "working_hours": view.hours.words if view.hours else "",
    }  # fmt: skip


def _figure(one: FlowFigure, view: FlowView) -> dict[str, Any]:
    address = urlencode(view.asked(one.figure))
    return asdict(one) | {"name": one.name, "rows": f"/api/v1/metrics/flow/rows?{address}"}


@router.get("/metrics/flow/rows", response=schemas.FlowRowPage)
def list_flow_rows(request: HttpRequest, asked: Query[schemas.FlowRowsAsked]) -> Any:
    """What a figure was counted from, newest first: changes, pushes, builds, red times, branches."""
    authorise(caller(request), "read")
    return rows.behind(**asked.dict(), now=timezone.now())


@router.get("/metrics/onboarding", response=schemas.OnboardingOut)
def show_onboarding(request: HttpRequest, team: str = "", days: int = beginnings.DAYS) -> Any:
    """How long people who joined took to their firsts, as distributions of five people or more."""
    authorise(caller(request), "read")
    return beginnings.onboarding(team=team, days=days, now=timezone.now())


@router.post(
    "/builds/{build}/tests", response={200: schemas.SuiteReportOut, 201: schemas.SuiteReportOut}, openapi_extra=_XML
)
def report_tests(request: HttpRequest, build: str, asked: Query[schemas.ReportAsked]) -> Any:
    """Take one report of a build's tests, JUnit XML of at most 5 MiB, or packed by gzip; 200 where it was known."""
    now = timezone.now()
    who = caller(request)
    authorise(who, "tests.report")
    body = request.body
    if request.headers.get("Content-Encoding", "").strip().lower() == "gzip":
        body = rules.unpacked(body)
    belongs = rules.placed(
        commit=asked.commit, build=build, attempt=asked.attempt, shard=asked.shard, branch=asked.branch
    )
    taken = usecases.report(who, service=asked.service, belongs=belongs, body=body, now=now)
    return Status(201 if taken.new else 200, tests.require_report(taken.uid, now=now))


@router.get("/tests/flaky", response=schemas.FlakyPage)
def list_flaky(request: HttpRequest, asked: Query[schemas.FlakyAsked]) -> Any:
    """Tests that failed and passed on the same commit, the costliest first."""
    authorise(caller(request), "read")
    scope = scope_of(asked.service, asked.team, asked.system)
    return tests.flaky(scope, weeks=asked.weeks, cursor=asked.cursor, limit=asked.limit, now=timezone.now())


@router.get("/tests/slowest", response=schemas.SlowTests)
def list_slowest(request: HttpRequest, asked: Query[schemas.SlowestAsked]) -> Any:
    """The slowest tests by the average of their runs."""
    authorise(caller(request), "read")
    scope = scope_of(asked.service, asked.team, asked.system)
    return {"items": tests.slowest(scope, weeks=asked.weeks, limit=asked.limit, now=timezone.now())}


@router.post("/tests/quarantine", response={201: schemas.QuarantineOut})
def quarantine_test(request: HttpRequest, body: schemas.QuarantineIn) -> Any:
    """Decide that a test's failures stop nobody until a day, with a reason."""
    now = timezone.now()
    uid = usecases.quarantine(
        caller(request), service=body.service, test=body.test, reason=body.reason, days=body.days,
        ends_at=body.ends_at, now=now,
    )  # fmt: skip
    return Status(201, tests.require_quarantine(uid, now=now))


@router.post("/tests/quarantine/{uid}/release", response=schemas.QuarantineOut)
def release_test(request: HttpRequest, uid: str) -> Any:
    """End a quarantine before its day."""
    now = timezone.now()
    usecases.release(caller(request), uid, now=now)
    return tests.require_quarantine(uid, now=now)
