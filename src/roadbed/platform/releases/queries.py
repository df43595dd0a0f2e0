"""What pages, the API and the command line read of releases and deployments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks import MeasuredWorkload
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import NotFound, Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases.models import Deployment, DeploymentLine, Release, Workload, WorkloadHealth
from roadbed.platform.releases.rules import (
    DEPLOY,
    GOOD,
    PRODUCTION,
    REQUESTED,
    ROLLBACK,
    RUNNING,
    STEPS,
    STEPS_OF_ROLLBACK,
    exit_code_of,
    version_of,
)
from roadbed.platform.releases.values import (
    DeploymentView,
    FailureView,
    LineView,
    ReleaseView,
    RuntimeStatus,
    StepView,
    WorkloadView,
)

ACTIVE = (REQUESTED, RUNNING)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _seconds(began: datetime | None, ended: datetime | None) -> float | None:
    return None if began is None or ended is None else (ended - began).total_seconds()


def _steps(row: Deployment) -> tuple[StepView, ...]:
    order = {DEPLOY: STEPS, ROLLBACK: STEPS_OF_ROLLBACK}.get(row.verb, ())
    known: dict[str, dict[str, Any]] = {step["step"]: step for step in row.steps}
    found = []
    for name in order:
        step = known.get(name)
        began, ended = (_instant(step["began_at"]), _instant(step["ended_at"])) if step else (None, None)
        state = "waiting" if step is None else "failed" if step["failed"] else "done" if ended else "running"
        found.append(StepView(name=name, state=state, began_at=began, ended_at=ended, seconds=_seconds(began, ended)))
    return tuple(found)


def _failure(data: dict[str, Any] | None) -> FailureView | None:
    if data is None:
        return None
    return FailureView(
        step=data.get("step", ""),
        detail=data.get("detail", ""),
        remedy=data.get("remedy", ""),
        file=data.get("file", ""),
        line=data.get("line"),
        field=data.get("field", ""),
        log=tuple(data.get("log", ())),
    )


def view_of(row: Deployment) -> DeploymentView:
    """The row as a value."""
    return DeploymentView(
        uid=row.uid,
        verb=row.verb,
        service_uid=row.service_uid,
        service=row.service_name,
        environment=row.environment,
        workload=row.workload,
        kind=row.kind,
        ref=row.ref,
        commit=row.commit,
        version=row.version,
        former=row.former,
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        seconds=_seconds(row.started_at, row.finished_at),
        state=row.state,
        step=row.step,
        steps=_steps(row),
        verdict=row.verdict,
        failure=_failure(row.failure),
        url=row.url,
        local=row.local,
        external=row.external,
        source=row.source,
        exit_code=exit_code_of(row.state, row.verdict),
    )


def deployment(uid: str) -> DeploymentView:
    """One deployment with its steps.

    Raises:
        NotFound: when there is none of that uid.
    """
    row = Deployment.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"There is no deployment {uid}.", remedy="`roadbed status SERVICE` shows the newest ones.")
    return view_of(row)


def lines_of(uid: str, *, after: int = 0, limit: int = 500) -> tuple[LineView, ...]:
    """Lines of a deployment's log after a line's id, in order."""
    rows = DeploymentLine.objects.filter(deployment__uid=uid, id__gt=after).order_by("id")[:limit]
    return tuple(LineView(id=row.pk, at=row.at, step=row.step, text=row.text) for row in rows)


def deployments_of(
    service_uid: str, *, environment: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page[DeploymentView]:
    """Deployments, rollbacks and reports of a service, newest first."""
    limit = checked_limit(limit)
    rows = Deployment.objects.filter(service_uid=service_uid)
    if environment is not None:
        rows = rows.filter(environment=environment)
    if cursor:
        at, pk = decode_cursor(cursor, 2)
        rows = rows.filter(Q(requested_at__lt=at) | Q(requested_at=at, pk__lt=pk))
    found = list(rows.order_by("-requested_at", "-pk")[: limit + 1])
    page = page_of(found, limit, lambda row: (row.requested_at.isoformat(), row.pk))
    return Page(items=tuple(view_of(row) for row in page.items), next_cursor=page.next_cursor)


def newest_deployment(service_uid: str, environment: str = PRODUCTION) -> DeploymentView | None:
    """The newest deployment, rollback or report there; None where there was none."""
    row = Deployment.objects.filter(service_uid=service_uid, environment=environment).order_by("-requested_at").first()
    return None if row is None else view_of(row)


def active_deployments(service_uid: str | None = None) -> tuple[DeploymentView, ...]:
    """What is under way now, of one service or of all."""
    rows = Deployment.objects.filter(state__in=ACTIVE)
    if service_uid is not None:
        rows = rows.filter(service_uid=service_uid)
    return tuple(view_of(row) for row in rows.order_by("requested_at"))


def releases_of(service_uid: str, *, environment: str | None = None, limit: int = 50) -> tuple[ReleaseView, ...]:
    """Releases of a service, newest first."""
    rows = Release.objects.filter(workload__service_uid=service_uid).select_related("workload")
    if environment is not None:
        rows = rows.filter(workload__environment=environment)
    return tuple(_release_view(row) for row in rows.order_by("workload__environment", "-number")[:limit])


def _release_view(row: Release) -> ReleaseView:
    serving = row.workload.serving == row.number
    return ReleaseView(
        uid=row.uid,
        environment=row.workload.environment,
        number=row.number,
        version=version_of(row.number),
        commit=row.commit,
        subject=row.subject,
        state=row.state,
        serving=serving,
        can_roll_back=row.state == GOOD and not serving,
        created_at=row.created_at,
        created_by=row.created_by,
        live_at=row.live_at,
        configuration_keys=tuple(sorted(row.configuration)),
        secret_versions=row.secret_versions,
    )


def deployed_by(service_uid: str) -> str:
    """Who deploys the service: roadbed, or another CD that reports."""
    service = catalog.service(service_uid)
    return "roadbed" if service is None else service.annotations.get("roadbed.dev/deployed-by", "roadbed")


def runtime_status(service_uid: str) -> RuntimeStatus:
    """How a service is in each environment, as the runtime last said; production first."""
    workloads = Workload.objects.filter(service_uid=service_uid).order_by("environment")
    health = {row.workload: row for row in WorkloadHealth.objects.filter(service_uid=service_uid)}
    active = {row.workload: row.uid for row in Deployment.objects.filter(service_uid=service_uid, state__in=ACTIVE)}
    commits = {
        (row.workload_id, row.number): row.commit
        for row in Release.objects.filter(workload__service_uid=service_uid).only("workload_id", "number", "commit")
    }
    views = [
        _workload_view(row, health.get(row.name), active.get(row.name), commits.get((row.pk, row.serving or 0), ""))
        for row in workloads
    ]
    return RuntimeStatus(
        service_uid=service_uid,
        deployed_by=deployed_by(service_uid),
        workloads=tuple(sorted(views, key=lambda view: (view.environment != PRODUCTION, view.environment))),
    )


def _workload_view(row: Workload, health: WorkloadHealth | None, active: str | None, commit: str) -> WorkloadView:
    return WorkloadView(
        workload=row.name,
        environment=row.environment,
        state=health.state if health else "unknown",
        since=health.since if health else None,
        desired="stopped" if row.stopped else "running",
        version=version_of(row.serving),
        commit=commit,
        url=health.url if health else "",
        user=health.user if health else "",
        pid=health.pid if health else None,
        restarts=health.restarts if health else None,
        adopted=health.adopted if health else False,
        detail=health.detail if health else "",
        active=active,
        as_of=health.as_of if health else None,
    )


def workload_of(service_uid: str, environment: str = PRODUCTION) -> str | None:
    """The runtime's name of a service in an environment; None before its first deployment here."""
    return (
        Workload.objects.filter(service_uid=service_uid, environment=environment).values_list("name", flat=True).first()
    )


def log_of(service_uid: str, *, environment: str = PRODUCTION, lines: int = 50) -> tuple[str, ...]:
    """The newest lines that the serving release printed, asked of the runtime now.

    Raises:
        NotFound: when it was never deployed here.
        Unavailable: when the runtime does not answer.
    """
    workload = workload_of(service_uid, environment)
    if workload is None:
        raise NotFound(f"Nothing of it runs in {environment} here.", remedy="`roadbed deploy SERVICE` makes it run.")
    try:
        return board.runtime().log_tail(workload, lines=lines)
    except RuntimeFailure as failure:
        raise Unavailable(failure.detail, remedy=failure.remedy) from failure


def measured_workloads() -> tuple[MeasuredWorkload, ...]:
    """Workloads that traffic could reach, for whoever counts at the edge."""
    runtime = board.runtime()
    found = []
    for row in Workload.objects.exclude(live_since=None).order_by("name"):
        try:
            scrape = runtime.scrape_address(row.name)
        except RuntimeFailure:
            scrape = None
        assert row.live_since is not None  # noqa: S101 - the filter above leaves such rows out
        found.append(
            MeasuredWorkload(
                workload=row.name,
                service_uid=row.service_uid,
                environment=row.environment,
                since=row.live_since,
                scrape=scrape,
            )
        )
    return tuple(found)
