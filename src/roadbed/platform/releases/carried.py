"""Which commits a change of release carried in or took out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roadbed.ground import asks
from roadbed.ground.errors import Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.releases.models import Release

if TYPE_CHECKING:
    from roadbed.platform.releases.running import Track

COMMITS_TOLD = 50
COMMITS_COUNTED = 1000
BODY_TOLD = 300
"""What a revert or a fix says of its origin stands in the first lines."""


def commit_of(workload: str, number: int | None) -> str | None:
    """The commit of a release; None where there is no such release."""
    rows = Release.objects.filter(workload__name=workload, number=number or 0)
    return rows.values_list("commit", flat=True).first()


def commits_between(location: str, *, since: str | None, until: str) -> dict[str, Any]:
    """The commits that a deployment carried; None where that cannot be told, as at a first deployment."""
    unknown = {"former_commit": since, "commits": None, "commit_count": None, "commits_more": False}
    if since is None or not location:
        return unknown
    try:
        found = board.code_host().commits(location, since=since, until=until, limit=COMMITS_COUNTED)
    except CodeUnavailable:
        return unknown
    return {
        "former_commit": since,
        "commit_count": len(found),
        "commits_more": len(found) >= COMMITS_COUNTED,
        "commits": [
            {
                "sha": commit.sha,
                "subject": commit.subject[:200],
                "body": commit.body[:BODY_TOLD],
                "author": commit.author_name[:100],
                "authored_at": commit.authored_at.isoformat(),
                "committed_at": commit.committed_at.isoformat(),
            }
            for commit in found[:COMMITS_TOLD]
        ],
    }


def kind_of(track: Track, location: str, commit: str) -> dict[str, Any]:
    """What the commits since the serving release say of their kind; nothing where there is no such release."""
    since = commit_of(track.row.workload, board.runtime().status(track.row.workload).number)
    if since is None or since == commit or not location:
        return {}
    try:
        found = board.code_host().commits(location, since=since, until=commit, limit=COMMITS_COUNTED)
        paths = board.code_host().changed_paths(location, since=since, until=commit)
    except CodeUnavailable:
        return {}
    if not found:
        return {}
    try:
        derived = asks.put(asks.DeriveKind(commits=tuple((one.subject, one.body) for one in found), paths=paths))
    except Unavailable:
        return {}
    if derived is None:
        return {}
    return {"derived_kind": derived.kind, "confidence": derived.confidence, "evidence": derived.evidence}
