"""Looking after runbooks and runs: newest commits, what went stale, runs that nobody finishes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db.models import QuerySet

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import DeploymentsSince
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.runbooks import queries, reminding, repository
from roadbed.platform.runbooks.executing import TOO_LATE, lose
from roadbed.platform.runbooks.facts import about
from roadbed.platform.runbooks.models import Reading, Run, Runbook
from roadbed.platform.runbooks.rules import trusting
from roadbed.platform.runbooks.rules.shapes import LONGEST_TIMEOUT
from roadbed.platform.runbooks.running import settle

log = structlog.get_logger(__name__)

AGAIN: Final = timedelta(minutes=5)
AT_ONCE: Final = 20
REMIND_AGAIN: Final = timedelta(days=14)
SURELY_OVER: Final = timedelta(seconds=LONGEST_TIMEOUT + 180)


def follow(*, now: datetime) -> int:
    """Read repositories anew of which no deployment says what is current, where something was pushed."""
    read = 0
    for row in Reading.objects.filter(follows=True, at__lt=now - AGAIN).order_by("at")[:AT_ONCE]:
        found = catalog.service(row.service_uid)
        if found is None:
            row.delete()
            continue
        try:
            if board.code_host().resolve(found.location, "HEAD") != row.commit:
                repository.read_repository(ROADBED, row.service_uid, now=now)
                read += 1
                continue
        except (CodeUnavailable, Refusal) as fault:
            log.info("runbooks.not_followed", service=found.name, detail=str(fault))
        Reading.objects.filter(pk=row.pk).update(at=now)
    return read


def check(*, now: datetime) -> int:
    """Count deployments since each was looked over, and tell of those that are in doubt; how many were told of.

    It is told when it begins, and every fourteen days while it lasts.
    """
    told = 0
    for row in Runbook.objects.filter(removed_at=None):
        since = trusting.reviewed_at(queries.known_of(row, now=now))
        count = asks.put(DeploymentsSince(row.service_uid, since))
        if count != row.deployments:
            row.deployments = count
            Runbook.objects.filter(pk=row.pk).update(deployments=count)
        view = queries.row_view(row, now=now)
        if not view.doubts:
            if row.reminded_at is not None:
                Runbook.objects.filter(pk=row.pk).update(reminded_at=None)
        elif row.reminded_at is None or now - row.reminded_at >= REMIND_AGAIN:
            told += _remind(row, view.doubts, now=now)
    return told


def _remind(row: Runbook, doubts: tuple[trusting.Doubt, ...], *, now: datetime) -> int:
    with unit(ROADBED, now=now) as writing:
        mine = Runbook.objects.filter(pk=row.pk, reminded_at=row.reminded_at).update(reminded_at=now)
        if mine:
            data = about(row) | {
                "version": row.version,
                "reasons": [{"rule": one.rule, "text": one.text, "clears": one.clears} for one in doubts],
            }
            writing.record("runbook.stale", row.service_uid, data=data)
            if row.reminded_at is None:
                reminding.note(row, now=now)
    return mine


def under_way() -> QuerySet[Run]:
    """Runs of which a step runs or waits."""
    return Run.objects.filter(state__in=Run.UNDER_WAY)


def end_forgotten(*, now: datetime) -> int:
    """End runs that no job will: asked for and never taken, or begun so long ago that its worker must be gone."""
    ended = 0
    for row in under_way().select_related("runbook"):
        if row.state == Run.WAITING and now - row.asked_at > 2 * TOO_LATE:
            with unit(ROADBED, now=now) as writing:
                waiting = Run.objects.filter(pk=row.pk, state=Run.WAITING)
                if waiting.update(state=Run.KILLED, finished_at=now, note="No worker took it, so it did not begin."):
                    row.refresh_from_db()
                    settle(writing, row)
                    ended += 1
        elif row.state == Run.RUNNING and row.started_at is not None and now - row.started_at > SURELY_OVER:
            lose(row, now=now, why="Its worker did not say how it ended. Look before you run it again.")
            ended += 1
    return ended
