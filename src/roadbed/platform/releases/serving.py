"""What serves of many services at once: what a list of services shows, read in three queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from roadbed.platform.releases.models import Deployment, Workload, WorkloadHealth
from roadbed.platform.releases.rules import PRODUCTION, SUCCEEDED, version_of


@dataclass(frozen=True, slots=True)
class Serving:
    """What serves in production and since when. `state` is the workload's, empty where another CD runs it."""

    version: str
    since: datetime | None
    state: str
    as_of: datetime | None


def serving_of(service_uids: Iterable[str]) -> dict[str, Serving]:
    """By service; one that was never deployed is left out."""
    uids = list(service_uids)
    found = _reported(uids)
    workloads = Workload.objects.filter(service_uid__in=uids, environment=PRODUCTION).exclude(live_since=None)
    health = {row.workload: row for row in WorkloadHealth.objects.filter(service_uid__in=uids)}
    for row in workloads:
        known = health.get(row.name)
        reported = found.get(row.service_uid)
        found[row.service_uid] = Serving(
            version=version_of(row.serving),
            since=reported.since if reported else row.live_since,
            state=known.state if known else "unknown",
            as_of=known.as_of if known else None,
        )
    return found


def _reported(uids: list[str]) -> dict[str, Serving]:
    # The newest of each by its number, so that a service with thousands of deployments costs one row.
    newest = (
        Deployment.objects.filter(service_uid__in=uids, environment=PRODUCTION, state=SUCCEEDED)
        .order_by()
        .values("service_uid")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = Deployment.objects.filter(pk__in=newest).values_list(
        "service_uid", "version", "commit", "finished_at", "requested_at"
    )
    return {
        uid: Serving(version=version or commit[:8], since=finished or requested, state="", as_of=None)
        for uid, version, commit, finished, requested in rows
    }
