"""Looking after what runs: health of each workload, the runtime's own journal into facts, work that nobody finishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.runtime import JournalEntry, RuntimeFailure, WorkloadStatus
from roadbed.platform.releases import deploying, queries, rolling_back, rules
from roadbed.platform.releases.facts import fact_data
from roadbed.platform.releases.models import (
    Deployment,
    DeploymentLine,
    JournalCursor,
    Release,
    Workload,
    WorkloadHealth,
)
from roadbed.platform.releases.running import is_first, now_serves

GRACE = timedelta(seconds=30)
KEEP_LINES = timedelta(days=90)
MOST_FORGOTTEN = 2000
SWITCHES = {"switched": rules.DEPLOY, "rolledback": rules.ROLLBACK}


def watch(*, now: datetime) -> int:
    """Ask the runtime how every workload is and keep the answers; answers how many changed between up and down."""
    try:
        statuses = {status.workload: status for status in board.runtime().statuses()}
    except RuntimeFailure:
        return 0
    known = {row.workload: row for row in WorkloadHealth.objects.all()}
    changed = 0
    for workload in Workload.objects.exclude(live_since=None):
        status = statuses.get(workload.name)
        if status is not None:
            changed += _look(workload, status, known.get(workload.name), now=now)
    return changed


def _look(workload: Workload, status: WorkloadStatus, former: WorkloadHealth | None, *, now: datetime) -> int:
    up = rules.is_up(status.state)
    was_up = former.up if former else None
    same = former is not None and former.state == status.state
    WorkloadHealth.objects.update_or_create(
        workload=workload.name,
        defaults={
            "service_uid": workload.service_uid,
            "environment": workload.environment,
            "state": status.state,
            "since": former.since if former and same else now,
            "up": was_up if up is None else up,
            "restarts": status.restarts,
            "number": status.number,
            "commit": status.commit,
            "url": status.url,
            "user": status.user,
            "pid": status.pid,
            "started_at": status.started_at,
            "adopted": status.adopted,
            "detail": status.detail,
            "as_of": now,
        },
    )
    if up is None or was_up is None or up == was_up or (workload.stopped and not up):
        return 0
    with unit(ROADBED, now=now) as writing:
        writing.record(
            "service.health.changed",
            workload.service_uid,
            environment=workload.environment,
            data={
                "workload": workload.name,
                "state": status.state,
                "former": former.state if former else "",
                "version": rules.version_of(status.number),
                "restarts": status.restarts,
                "detail": status.detail,
            },
        )
    return 1


def forget_lines(*, now: datetime) -> int:
    """Delete the logs of deployments that ended long ago; the deployments, their steps and failures stay."""
    old = DeploymentLine.objects.filter(deployment__finished_at__lt=now - KEEP_LINES)
    # A few at a time: the write lock of SQLite is everybody's.
    found = list(old.order_by("pk").values_list("pk", flat=True)[:MOST_FORGOTTEN])
    return DeploymentLine.objects.filter(pk__in=found).delete()[0]


def fail_abandoned(*, clock: Callable[[], datetime]) -> int:
    """End what is under way though its job is gone, so that its workload can be deployed again."""
    ended = 0
    for row in Deployment.objects.filter(state__in=queries.ACTIVE, requested_at__lt=clock() - GRACE):
        key = f"releases.{row.verb}:{row.uid}"
        if Job.objects.filter(key=key, state__in=[Job.WAITING, Job.RUNNING]).exists():
            continue
        (rolling_back if row.verb == rules.ROLLBACK else deploying).abandon(row.uid, clock=clock)
        ended += 1
    return ended


def reconcile_journal(*, now: datetime) -> int:
    """Tell what the runtime did while Roadbed was not there, once per entry; answers how many were told."""
    runtime = board.runtime()
    cursor, _ = JournalCursor.objects.get_or_create(runtime="local", defaults={"updated_at": now})
    told, moved, contiguous = 0, cursor.uid, True
    for entry in runtime.journal(after=cursor.uid):
        if Deployment.objects.filter(workload=entry.workload, state__in=queries.ACTIVE).exists():
            # Its own job tells it, with more than the journal knows.
            contiguous = False
            continue
        told += _tell(entry, now=now)
        moved = entry.uid if contiguous else moved
    JournalCursor.objects.filter(runtime="local").update(uid=moved, updated_at=now)
    return told


def _tell(entry: JournalEntry, *, now: datetime) -> int:
    if entry.verb not in SWITCHES and not (entry.local and entry.verb == "failed"):
        return 0
    if Deployment.objects.filter(journal_uid=entry.uid).exists():
        return 0
    workload = Workload.objects.filter(name=entry.workload).first()
    if workload is None:
        return 0
    actor = Caller(uid=f"local:{entry.actor}"[:64], name=f"{entry.actor} on the machine", role="member")
    with unit(actor if entry.local else ROADBED, now=now) as writing:
        first = is_first(workload.name)
        row = _as_deployment(entry, workload)
        if entry.verb in SWITCHES:
            now_serves(workload, entry.number, former=entry.former, at=entry.at, withdraws=entry.verb == "rolledback")
        _record(writing, entry, row, first=first)
    return 1


def _as_deployment(entry: JournalEntry, workload: Workload) -> Deployment:
    service = catalog.service(workload.service_uid)
    failed = entry.verb == "failed"
    verb = SWITCHES.get(entry.verb, rules.ROLLBACK)
    return Deployment.objects.create(
        verb=verb,
        service_uid=workload.service_uid,
        service_name=service.name if service else workload.name,
        environment=workload.environment,
        workload=workload.name,
        kind="rollback" if verb == rules.ROLLBACK else "feature",
        commit=entry.commit,
        version=rules.version_of(entry.number),
        former=rules.version_of(entry.former),
        number=entry.number,
        reason="" if failed else entry.reason,
        requested_by=entry.actor[:160],
        requested_at=entry.at,
        finished_at=entry.at,
        state=rules.FAILED if failed else rules.SUCCEEDED,
        failure={"step": "ready", "detail": entry.reason, "remedy": ""} if failed else None,
        local=entry.local,
        journal_uid=entry.uid,
    )


def _record(writing: Unit, entry: JournalEntry, row: Deployment, *, first: bool) -> None:
    kind = "service.deployed" if first else "service.upgraded"
    if entry.verb == "failed":
        kind = "deployment.failed"
    elif entry.verb == "rolledback":
        kind = "service.rolledback"
    former = Release.objects.filter(workload__name=row.workload, number=entry.former or 0).first()
    writing.record(
        kind,
        row.service_uid,
        environment=row.environment,
        occurred_at=entry.at,
        source="runtime",
        source_id=entry.uid,
        data=fact_data(row)
        | {
            "seconds": None,
            "former_commit": former.commit if former else None,
            "error": (row.failure or {}).get("detail"),
        },
    )
