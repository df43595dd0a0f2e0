"""What releases say of a service to who works beside it: where it runs here, and how often it changed."""

from __future__ import annotations

from roadbed.ground.asks.runbooks import DeploymentsSince, RunsHere, Whereabouts
from roadbed.platform.releases.models import Deployment, Release, Workload
from roadbed.platform.releases.rules import PRODUCTION, ROLLBACK, SUCCEEDED, version_of


def runs_here(asked: RunsHere) -> Whereabouts | None:
    """The workload that serves; None where it runs elsewhere, or not at all."""
    row = Workload.objects.filter(service_uid=asked.service_uid, environment=asked.environment).first()
    if row is None or row.serving is None:
        return None
    commit = Release.objects.filter(workload=row, number=row.serving).values_list("commit", flat=True).first()
    return Whereabouts(row.name, version_of(row.serving), commit or "")


def deployments_since(asked: DeploymentsSince) -> int:
    """Deployments to production that came out, rollbacks left out: they bring nothing new."""
    rows = Deployment.objects.filter(
        service_uid=asked.service_uid, environment=PRODUCTION, state=SUCCEEDED, finished_at__gt=asked.since
    )
    return rows.exclude(verb=ROLLBACK).count()
