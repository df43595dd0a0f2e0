"""The room's background work: deployments, rollbacks, stops, the watch and the runtime's journal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.platform.releases import deploying, rolling_back, stopping, watching

BUILD_AND_MORE = 1200.0
"""Seconds: a build may take 600, the start 30, the drain 30, and the disk is never as fast as one thinks."""


@job("releases.deploy", attempts=3, backoff=(2.0, 10.0), time_limit=BUILD_AND_MORE)
def deploy(run: JobRun, payload: dict[str, Any]) -> None:
    """Carry a deployment out."""
    deploying.deploy(payload["deployment"], last_attempt=run.last_attempt, clock=timezone.now)


@job("releases.rollback", attempts=3, backoff=(0.5, 2.0), time_limit=300.0)
def rollback(run: JobRun, payload: dict[str, Any]) -> None:
    """Carry a rollback out."""
    rolling_back.roll_back(payload["deployment"], last_attempt=run.last_attempt, clock=timezone.now)


@job("releases.stop", attempts=3, backoff=(2.0, 10.0), time_limit=300.0)
def stop(run: JobRun, payload: dict[str, Any]) -> None:
    """Stop a service."""
    stopping.stop(payload["workload"], by=payload["by"], job=run.uid, now=timezone.now())


@job("releases.watch", attempts=1, time_limit=120.0, every=10.0)
def watch(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - a handler's signature
    """Keep how each workload is, and end what nobody finishes."""
    watching.watch(now=timezone.now())
    watching.fail_abandoned(clock=timezone.now)


@job("releases.forget_lines", attempts=1, time_limit=120.0, every=3600.0)
def forget_lines(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - a handler's signature
    """Delete logs of deployments older than 90 days."""
    while watching.forget_lines(now=timezone.now()):
        pass


@job("releases.reconcile_journal", attempts=1, time_limit=120.0, every=15.0)
def reconcile_journal(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - a handler's signature
    """Tell what was done on the machine while Roadbed was not there."""
    watching.reconcile_journal(now=timezone.now())
