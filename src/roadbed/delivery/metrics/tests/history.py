"""A small history that tests build on: deployments of one service, hour by hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.values import Commit, Deployment, Incident, Judged
from roadbed.delivery.metrics.tests.both_ways import assert_alike, facts_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=28)


def at(hours: float) -> datetime:
    """So many hours before now."""
    return NOW - timedelta(hours=hours)


def commit(sha: str, subject: str = "Add stops filter", *, hours: float | None = 100, **more: Any) -> Commit:
    """A commit written so many hours before now."""
    return Commit(sha, subject, None if hours is None else at(hours), None, **more)


def deployed(uid: str, hours: float, *commits: Commit, service: str = "s-1", **more: Any) -> Deployment:
    """A deployment that finished so many hours before now, of the newest of its commits."""
    sha = commits[0].sha if commits else more.pop("sha", uid)
    told: dict[str, Any] = {"commits": commits or None, "commit_count": len(commits) or None} | more
    return Deployment(uid, service, "checkout", at(hours), version=f"v-{uid}", commit=sha, **told)


def incident(uid: str, began: float, ended: float | None = None, *, cause: str = "", service: str = "s-1") -> Incident:
    """An incident, open where no end is given."""
    return Incident(uid, 7, service, "checkout", at(began), None if ended is None else at(ended), cause)


def by_uid(deployments: list[Deployment], incidents: list[Incident] | None = None) -> dict[str, Judged]:
    """What became of each, which columns say as the rules do."""
    assert_alike(facts_of(deployments), incidents or [])
    return {one.uid: one for one in judge(deployments, incidents or [])}
