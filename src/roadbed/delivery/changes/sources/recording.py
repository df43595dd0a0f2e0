"""Turns what a sender told into facts, each known by the sender's own identity of it, so that twice is once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.delivery.changes.linking.catalogue import owned
from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.linking.rules.owning import Owned, environment_name, place
from roadbed.ground import asks
from roadbed.ground.asks.testing import RanTest, ReportTests
from roadbed.ground.ledger.unit import Unit
from roadbed.ground.ports import events

COMMITS_A_FACT: Final = 200
PATHS_TOLD: Final = 300
_OUTCOMES: Final = {events.SUCCEEDED: "success", events.FAILED: "failure", events.ROLLED_BACK: "rolledback"}
_KINDS: Final = {
    events.OPENED: "change.created",
    events.MERGED: "change.merged",
    events.CLOSED: "change.abandoned",
    events.REVIEWED: "change.reviewed",
}
"""Which fact each state is told by; the words are CDEvents'."""
_SPARE: Final = timedelta(minutes=4)
"""How far into the future a report may lie; a sender whose clock is further ahead is told of, and corrected."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records what one source told, in an open unit.

    Attributes:
        system: which system it is, like github: webhooks and its API, and several doors for it, tell the same events.
        received_at: by our clock; no event of theirs lies after it.
    """

    writing: Unit
    system: str
    received_at: datetime
    services: tuple[str, ...] = ()

    def record(self, event: events.Event) -> str:
        """Record one event; answers what is missing where it cannot be recorded, empty where it was."""
        recording: Callable[[Recorder, Any], str] = _RECORDERS[type(event)]
        return recording(self, event)

    def fact(self, kind: str, subject: str, event: events.Event, data: Mapping[str, Any], *, part: str = "") -> None:
        """One fact of an event."""
        self.writing.record(
            kind, subject, occurred_at=self.at(event.at), source=self.system,
            source_id=identity(f"{event.key}{part}"), data=dict(data),
        )  # fmt: skip

    def at(self, told: datetime) -> datetime:
        """When something happened: never after it was told, whatever the sender's clock says."""
        return min(told, self.received_at)


def identity(key: str) -> str:
    """A key as a fact's source_id; a long one by its digest."""
    return key if len(key) <= 200 else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"  # noqa: PLR2004 - the column's length


def _pushed(to: Recorder, event: events.Pushed) -> str:
    before = event.before
    for first in range(0, len(event.commits), COMMITS_A_FACT):
        some = event.commits[first : first + COMMITS_A_FACT]
        data = {
            "repository": event.repository, "branch": event.branch, "before": before, "after": event.after,
            "whole": event.whole, "exact": some[0].parents is not None, "commits": [commit_data(one) for one in some],
            "services": list(to.services), "trunk": event.trunk,
        }  # fmt: skip
        to.fact("change.pushed", digest_of_repository(event.repository), event, data, part=f"#{first}" if first else "")
        before = some[-1].sha
    return ""


def commit_data(one: events.Commit) -> dict[str, Any]:
    """A commit as facts tell it."""
    return {
        "sha": one.sha,
        "subject": one.subject[:200],
        "body": one.body[:600],
        "author": one.author[:100],
        "bot": one.bot,
        "authored_at": one.authored_at.isoformat(),
        "committed_at": one.committed_at.isoformat(),
        "parents": None if one.parents is None else list(one.parents),
        # A list that was cut short would say that the rest was not touched.
        "paths": list(one.paths) if one.paths is not None and len(one.paths) <= PATHS_TOLD else None,
    }


def _changed(to: Recorder, event: events.Change) -> str:
    data = {
        "repository": event.repository, "number": event.number, "title": event.title[:500], "body": event.body[:600],
        "labels": list(event.labels), "author": event.author, "bot": event.bot, "head": event.head,
        "merge": event.merge, "base": event.base, "branch": event.branch, "url": event.url,
        "opened_at": event.opened_at.isoformat() if event.opened_at else None, "additions": event.additions,
        "deletions": event.deletions, "files": event.files, "commits": event.commits, "trunk": event.trunk,
    }  # fmt: skip
    to.fact(_KINDS[event.state], digest_of_repository(event.repository), event, data)
    return ""


def _built(to: Recorder, event: events.Build) -> str:
    data = {
        "repository": event.repository, "name": event.name, "commit": event.commit, "outcome": event.outcome,
        "branch": event.branch, "url": event.url,
        "started_at": event.started_at.isoformat() if event.started_at else None,
        "seconds": _seconds(event), "queued_seconds": event.queued_seconds, "run": event.run, "part": event.part,
    }  # fmt: skip
    subject = digest_of_repository(event.repository or event.name)
    to.fact("build.finished", subject, event, data)
    for artifact in event.artifacts if event.commit else ():
        told = {"artifact": artifact, "repository": event.repository, "commit": event.commit, "change": ""}
        to.fact("artifact.published", subject, event, told, part=f"#{artifact}")
    return ""


def _began(to: Recorder, event: events.BuildBegan) -> str:
    data = {
        "repository": event.repository, "name": event.name, "run": event.run, "queued": event.queued,
        "part": event.part,
    }  # fmt: skip
    to.fact("build.started", digest_of_repository(event.repository or event.name), event, data)
    return ""


def _branched(to: Recorder, event: events.Branch) -> str:
    data = {"repository": event.repository, "branch": event.branch, "trunk": event.trunk}
    to.fact(f"branch.{event.state}", digest_of_repository(event.repository), event, data)
    return ""


def _seconds(event: events.Build) -> float | None:
    if event.started_at is None or event.started_at > event.at:
        return None
    return (event.at - event.started_at).total_seconds()


def _published(to: Recorder, event: events.Artifact) -> str:
    if not event.commit and not event.change:
        # Of what it was made nobody knows, so that nothing could ever be linked by it.
        return ""
    data = {
        "artifact": event.artifact,
        "repository": event.repository,
        "commit": event.commit,
        "change": event.change,
    }
    to.fact("artifact.published", digest_of_repository(event.repository or event.artifact), event, data)
    return ""


def _deployed(to: Recorder, event: events.Deployment) -> str:
    repositories = [event.repository, *(repository for repository, _ in event.commits)]
    placed = place(
        _known(to, event.repository), service=event.service, environment=event.environment, repositories=repositories,
        artifacts=event.artifacts,
    )  # fmt: skip
    if placed.service is None and event.outcome == events.STARTED and not (event.service or event.repository):
        # Many senders name what they deployed at its end alone; then the start cannot be held against them.
        return ""
    if placed.service is None:
        return f"Deployment to {event.environment[:60]}: {placed.problem} {placed.remedy}"
    repository, commit = _main_commit(event, placed.service.paths)
    if not commit and not event.artifacts and event.outcome in _OUTCOMES:
        return (
            f"Deployment of {placed.service.name}: it names neither a commit nor an artifact. Have the sender tell one."
        )
    if event.outcome not in _OUTCOMES:
        return _deployment_began(to, event, placed.service, commit)
    finished = min(event.at, to.received_at + _SPARE)
    started = event.started_at if event.started_at and event.started_at <= finished else None
    asks.put(
        asks.ReportDeployment(
            caller=to.writing.caller, service_uid=placed.service.uid,
            environment=_environment(event, placed.service.name), outcome=_OUTCOMES[event.outcome], commit=commit,
            artifact=" ".join(event.artifacts)[:300], version=event.version, source=to.system,
            source_id=identity(f"{placed.service.uid}:{event.key}"), started_at=started, finished_at=finished,
            url=event.url, by=event.by, repository=repository, now=to.writing.now,
            uid=_uid_of(to, event, placed.service),
        )
    )  # fmt: skip
    return ""


def _deployment_began(to: Recorder, event: events.Deployment, service: Owned, commit: str) -> str:
    """A start, by the uid that its end will have; without an identity nobody could tell whose start it was."""
    uid = _uid_of(to, event, service)
    if uid:
        environment = _environment(event, service.name)
        data = {
            "deployment": uid, "service": service.name, "environment": environment, "commit": commit,
            "version": event.version, "by": "external", "requested_by": event.by, "url": event.url,
        }  # fmt: skip
        to.writing.record(
            "deployment.started", service.uid, environment=environment, occurred_at=to.at(event.at),
            source=to.system, source_id=identity(f"{service.uid}:{event.key}"), data=data,
        )  # fmt: skip
    return ""


def _uid_of(to: Recorder, event: events.Deployment, service: Owned) -> str:
    """The uid of a deployment by its sender's own identity of it, so that begin and end meet in whatever order."""
    if not event.run or event.outcome == events.ROLLED_BACK:
        return ""
    # A deployment that failed and then succeeded under one identity is two: only what began last is its start.
    told = f"{to.system}:{service.uid}:{_environment(event, service.name)}:{event.run}"
    told += ":failed" if event.outcome == events.FAILED else ""
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _tested(to: Recorder, event: events.Tests) -> str:
    """Tests of a commit, for whoever keeps them: without one nobody could tell a flaky test from a mended one."""
    if not event.commit:
        return "Tests: they name no commit. Have the sender tell it in customData, as `commit`."
    placed = place(
        _known(to, event.repository), service=event.service, environment=event.environment,
        repositories=[event.repository], artifacts=(),
    )  # fmt: skip
    if placed.service is None:
        return f"Tests: {placed.problem} {placed.remedy}"
    cases = tuple(RanTest(name, outcome) for name, outcome in event.cases)
    asks.put(
        ReportTests(
            caller=to.writing.caller, service_uid=placed.service.uid, commit=event.commit, build=event.run,
            shard=event.suite, branch=event.branch, cases=cases, source=to.system,
            source_id=identity(f"{placed.service.uid}:{event.key}"), ran_at=to.at(event.at), now=to.writing.now,
        )
    )  # fmt: skip
    return ""


def _released(to: Recorder, event: events.Release) -> str:
    data = {
        "repository": event.repository, "tag": event.tag, "name": event.name, "commit": event.commit, "by": event.by,
        "preview": event.preview, "url": event.url,
    }  # fmt: skip
    to.fact("release.published", digest_of_repository(event.repository), event, data)
    return ""


def _environment(event: events.Deployment, service: str) -> str:
    return "production" if event.production else environment_name(event.environment, service)


def _known(to: Recorder, repository: str) -> tuple[Owned, ...]:
    """Every service; those that somebody said live in the repository are at home there before the facts are read."""
    if not to.services:
        return owned()
    return tuple(
        replace(one, paths={repository: (), **one.paths}) if one.uid in to.services else one for one in owned()
    )


def _main_commit(event: events.Deployment, own: Mapping[str, object]) -> tuple[str, str]:
    """The pair that is of the service's own code; else the first, which a configuration repository may tell."""
    pairs = [pair for pair in ((event.repository, event.commit), *event.commits) if pair[1]]
    return next((pair for pair in pairs if pair[0] in own), pairs[0] if pairs else (event.repository, ""))


def _incident(to: Recorder, event: events.Incident) -> str:
    artifacts = (event.artifact,) if event.artifact else ()
    placed = place(owned(), service=event.service, environment=event.environment, repositories=(), artifacts=artifacts)
    if placed.service is None:
        return f"Incident {event.incident[:60]}: {placed.problem} {placed.remedy}"
    environment = environment_name(event.environment, placed.service.name)
    at = to.at(event.at)
    data: dict[str, Any] = {
        "title": event.title, "service": placed.service.name, "service_uid": placed.service.uid,
        "environment": environment, "external": True, "url": event.url, "identity": event.incident,
    }  # fmt: skip
    data |= {"resolved_at": at.isoformat()} if event.state == "resolved" else {"started_at": at.isoformat()}
    to.writing.record(
        f"incident.{event.state}", hashlib.sha256(event.incident.encode()).hexdigest()[:32], environment=environment,
        occurred_at=at, source=to.system, source_id=identity(event.key), data=data,
    )  # fmt: skip
    return ""


_RECORDERS: Final[Mapping[type, Callable[[Recorder, Any], str]]] = {
    events.Pushed: _pushed,
    events.Change: _changed,
    events.Branch: _branched,
    events.Build: _built,
    events.BuildBegan: _began,
    events.Tests: _tested,
    events.Artifact: _published,
    events.Deployment: _deployed,
    events.Release: _released,
    events.Incident: _incident,
}
