"""Background work of flow: add up the days that have news, let go of old reports' single tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.delivery.metrics.flow.digesting import settle
from roadbed.delivery.metrics.flow.models import FlowDay
from roadbed.delivery.metrics.flow.testing.usecases import prune
from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun


@job("flow.settle", attempts=1, time_limit=300.0, every=5.0, wanted=lambda _: FlowDay.objects.filter(stale=True))
def settle_days(run: JobRun, payload: dict[str, Any]) -> None:
    """Add up what changed since the last time."""
    del run, payload
    settle()


@job("flow.prune", attempts=3, time_limit=300.0, every=3600.0)
def prune_reports(run: JobRun, payload: dict[str, Any]) -> None:
    """Keep of old reports their counts alone."""
    del run, payload
    while prune(now=timezone.now()):
        pass
