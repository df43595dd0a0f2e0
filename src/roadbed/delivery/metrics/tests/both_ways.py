"""Judges facts both ways, by the rules and in columns, and says where the two differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from roadbed.delivery.metrics.columnar.judging import judged_in_columns
from roadbed.delivery.metrics.columnar.taking import deployments_in
from roadbed.delivery.metrics.rollups.blocks import Kept, blocks_of
from roadbed.delivery.metrics.rollups.columns import instant, packed
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.reading import deployments_of, line_of
from roadbed.delivery.metrics.rules.values import Commit, Deployment, Incident
from roadbed.ground.ledger.plain import Plain

_TIMES = {"authored_at": "authored_at", "committed_at": "committed_at", "first_at": "first_commit_at",
          "reviewed_at": "reviewed_at", "merged_at": "merged_at"}  # fmt: skip
One = tuple[str, str, str, datetime, dict[str, Any]]
"""A fact: its uid, kind, environment, instant and document."""


def facts_of(deployments: Iterable[Deployment]) -> list[One]:
    """Facts that tell these deployments."""
    return [(f"f-{one.uid}", "service.upgraded", "production", one.at, _told(one)) for one in deployments]


def _told(one: Deployment) -> dict[str, Any]:
    commits = None if one.commits is None else [_commit(each) for each in one.commits]
    return {
        "deployment": one.uid, "service": one.service, "version": one.version, "commit": one.commit,
        "kind": "rollback" if one.rolled_back else one.kind, "commit_count": one.commit_count, "by": one.by,
        "artifact": one.artifact, "production_of": one.environment, "commits": commits,
        "started_at": one.started_at and one.started_at.isoformat(),
    }  # fmt: skip


def _commit(one: Commit) -> dict[str, Any]:
    times = {told: at.isoformat() for name, told in _TIMES.items() if (at := getattr(one, name)) is not None}
    texts = {"sha": one.sha, "subject": one.subject, "body": one.body, "author": one.author, "change": one.change}
    return texts | times | ({"labels": list(one.labels)} if one.labels else {})


def by_the_rules(facts: Sequence[One], incidents: Sequence[Incident], service: str = "s-1") -> dict[int, Kept]:
    """As the rules have it, value by value."""
    lines = [
        line_of(uid=uid, kind=kind, subject=service, environment=where, occurred_at=at, supersedes="", data=data)
        for uid, kind, where, at, data in facts
    ]
    own = _own(incidents, service)
    return {number: one.kept() for number, one in blocks_of(judge(deployments_of(lines), incidents), own).items()}


def in_columns(facts: Sequence[One], incidents: Sequence[Incident], service: str = "s-1") -> dict[int, Kept]:
    """As columns have it, from what a database tells."""
    plain = [Plain(uid, kind, where, instant(at), json.dumps(data)) for uid, kind, where, at, data in facts]
    found = deployments_in(service, plain, corrected=())
    return judged_in_columns(found, incidents, _own(incidents, service))


def _own(incidents: Sequence[Incident], service: str) -> list[Incident]:
    return sorted((one for one in incidents if one.service_uid == service), key=lambda one: (one.started_at, one.uid))


def assert_alike(facts: Sequence[One], incidents: Sequence[Incident]) -> None:
    """Both ways come to the same rows, bytes and digests."""
    rules, columns = by_the_rules(facts, incidents), in_columns(facts, incidents)
    assert columns.keys() == rules.keys()
    for number, one in rules.items():
        other = columns[number]
        assert list(other.judged) == list(one.judged)
        assert list(other.incidents) == list(one.incidents)
        assert packed(other.columns) == packed(one.columns)
        assert other.digest() == one.digest()
