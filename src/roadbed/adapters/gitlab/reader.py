"""Reads GitLab's webhooks: pushes, merge requests, pipelines, deployments, releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner, Unreadable

_STATES: Final = {"success": events.SUCCEEDED, "failed": events.FAILED, "running": events.STARTED}
"""Other states of a deployment (created, canceled, blocked) say nothing of what went live."""
_ACTIONS: Final = {
    "open": events.OPENED,
    "merge": events.MERGED,
    "close": events.CLOSED,
    "approval": events.REVIEWED,
    "approved": events.REVIEWED,
}


class GitLabEvents:
    """Implements the port `EventReader`."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        if delivery.headers.get("webhook-signature"):
            return proofs.standard(delivery, secret, now=now)
        return proofs.same(delivery.headers.get("x-gitlab-token", ""), secret)

    def identity(self, delivery: Delivery) -> str:
        # A delivery that GitLab repeats keeps its Idempotency-Key; the UUID is one event's, at several webhooks too.
        names = ("webhook-id", "idempotency-key", "x-gitlab-event-uuid")
        return next((found for name in names if (found := delivery.headers.get(name))), "")

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        payload = payloads.mapping(payloads.parsed(delivery.body))
        name = payloads.text(payload, "object_kind")
        if not name:
            raise Unreadable("object_kind is missing, so nobody knows what it is.")
        reading = _READERS.get(name)
        return () if reading is None else reading(payload, manner)


def repository_of(payload: Mapping[str, Any]) -> str:
    """`gitlab.com/acme/shop`, groups and all."""
    name = payloads.repository_name(payloads.needed(payload, "project.web_url", most=500))
    if not name:
        raise Unreadable("project.web_url is no address.")
    return name


def _push(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    ref, after = payloads.text(payload, "ref"), payloads.commit(payload, "after")
    trunk = payloads.text(payload, "project.default_branch", most=200)
    commits = tuple(commit_of(each) for each in payloads.items(payload, "commits"))
    if not ref.startswith("refs/heads/") or not after or not commits:
        return ()
    repository, before = repository_of(payload), payloads.commit(payload, "before")
    branch = ref.removeprefix("refs/heads/")
    # GitLab lists the newest 20 and counts them all.
    whole = payloads.at(payload, "total_commits_count") in (None, len(commits))
    return (
        events.Pushed(
            key=f"{repository}:push:{branch}:{before or '0'}..{after}", at=commits[-1].committed_at,
            repository=repository, branch=branch, before=before if whole else "", after=after, commits=commits,
            whole=whole, trunk=trunk,
        ),
    )  # fmt: skip


def commit_of(payload: Any) -> events.Commit:
    """A commit of a push."""
    payloads.mapping(payload, "A commit")
    sha, at = payloads.commit(payload, "id"), payloads.instant(payload, "timestamp")
    if not sha or at is None:
        raise Unreadable("A commit has no id or no timestamp.")
    subject, body = payloads.parted(payloads.text(payload, "message", most=8000))
    author = payloads.text(payload, "author.name", most=100)
    lists = ("added", "removed", "modified")
    told = any(isinstance(payloads.at(payload, name), list) for name in lists)
    paths = [str(path) for name in lists for path in payloads.items(payload, name)]
    return events.Commit(
        sha=sha, subject=subject, body=body, author=author, authored_at=at, committed_at=at,
        bot=payloads.is_bot(author), paths=tuple(dict.fromkeys(map(payloads.clean, paths))) if told else None,
    )  # fmt: skip


def _merge_request(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    request = payloads.mapping(payload.get("object_attributes"), "object_attributes")
    state = _ACTIONS.get(payloads.text(request, "action"))
    if state is None:
        return ()
    repository, number = repository_of(payload), payloads.needed(request, "iid", most=40)
    author = payloads.text(payload, "user.username", most=100)
    if state == events.REVIEWED:
        at = payloads.moment(request, "updated_at")
        key = f"{repository}:review:{number}:{author}:{at.isoformat()}"
        return (events.Change(key, at, repository, number, state, author=author, bot=payloads.is_bot(author)),)
    # The user is whoever acted; only who opens a request is known to have written it.
    writer = payloads.text(request, "last_commit.author.name", most=100) or author
    when = ("created_at",) if state == events.OPENED else ("merged_at", "closed_at", "updated_at")
    labels = (payloads.text(each, "title", most=100) for each in payloads.items(payload, "labels", most=100))
    return (
        events.Change(
            key=f"{repository}:change:{number}:{state}", at=payloads.moment(request, *when), repository=repository,
            number=number, state=state, title=payloads.text(request, "title", most=500),
            body=payloads.text(request, "description", most=4000), labels=tuple(filter(None, labels)),
            author=writer, bot=payloads.is_bot(writer), head=payloads.commit(request, "last_commit.id"),
            merge=payloads.commit(request, "merge_commit_sha") or payloads.commit(request, "squash_commit_sha"),
            base=payloads.text(request, "target_branch"), branch=payloads.text(request, "source_branch"),
            opened_at=payloads.instant(request, "created_at"), url=payloads.text(request, "url", most=500),
            trunk=payloads.text(payload, "project.default_branch", most=200),
        ),
    )  # fmt: skip


def _pipeline(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    run = payloads.mapping(payload.get("object_attributes"), "object_attributes")
    outcome, finished = payloads.text(run, "status"), payloads.instant(run, "finished_at")
    if outcome == "running":
        return _pipeline_began(payload, run, manner)
    if outcome not in ("success", "failed", "canceled") or finished is None:
        return ()
    repository, identity = repository_of(payload), payloads.needed(run, "id", most=40)
    name = payloads.text(run, "name", most=200) or payloads.text(run, "source", most=200)
    asked, waited = payloads.instant(run, "created_at"), payloads.number(run, "queued_duration")
    began = asked + timedelta(seconds=waited) if asked is not None and waited is not None else asked
    build = events.Build(
        key=f"{repository}:pipeline:{identity}:{outcome}", at=finished, repository=repository, name=name,
        commit=payloads.commit(run, "sha"), outcome={"failed": "failure"}.get(outcome, outcome),
        started_at=began, branch=payloads.text(run, "ref"), url=payloads.text(run, "url", most=500),
        queued_seconds=waited,
    )  # fmt: skip
    ended = _STATES.get(outcome)
    if ended is None or not any(fnmatchcase(name, pattern) for pattern in manner.deploys):
        return (build,)
    deployed = events.Deployment(
        key=build.key, at=finished, outcome=ended, environment=manner.environment, repository=repository,
        commit=build.commit, started_at=build.started_at, by=payloads.text(payload, "user.username", most=100),
        url=build.url, run=f"{repository}:pipeline:{identity}",
    )  # fmt: skip
    return build, deployed


def _pipeline_began(payload: Mapping[str, Any], run: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    name = payloads.text(run, "name", most=200) or payloads.text(run, "source", most=200)
    if not any(fnmatchcase(name, pattern) for pattern in manner.deploys):
        return ()
    repository = repository_of(payload)
    key = f"{repository}:pipeline:{payloads.needed(run, 'id', most=40)}"
    return (
        events.Deployment(
            key=f"{key}:{events.STARTED}", at=payloads.moment(run, "created_at"), outcome=events.STARTED,
            environment=manner.environment, repository=repository, commit=payloads.commit(run, "sha"),
            by=payloads.text(payload, "user.username", most=100), url=payloads.text(run, "url", most=500), run=key,
        ),
    )  # fmt: skip


def _deployment(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    outcome = _STATES.get(payloads.needed(payload, "status", most=40))
    if outcome is None:
        return ()
    repository, identity = repository_of(payload), payloads.needed(payload, "deployment_id", most=40)
    # The webhook tells the short name alone; the address of the commit has it whole.
    address = payloads.text(payload, "commit_url", most=500)
    whole = payloads.commit({"sha": address.rpartition("/")[2]}, "sha")
    return (
        events.Deployment(
            key=f"{repository}:deployment:{identity}:{outcome}", at=payloads.moment(payload, "status_changed_at"),
            outcome=outcome, environment=payloads.text(payload, "environment", most=100), repository=repository,
            commit=whole or payloads.commit(payload, "short_sha"),
            version=payloads.text(payload, "ref", most=120) if _is_version(payloads.text(payload, "ref")) else "",
            production=payloads.text(payload, "environment_tier") == "production",
            by=payloads.text(payload, "user.username", most=100),
            url=payloads.text(payload, "deployable_url", most=500), run=f"{repository}:deployment:{identity}",
        ),
    )  # fmt: skip


def _release(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    if payloads.text(payload, "action") != "create":
        return ()
    repository, identity = repository_of(payload), payloads.needed(payload, "id", most=40)
    return events.released(
        events.Release(
            key=f"{repository}:release:{identity}", at=payloads.moment(payload, "released_at", "created_at"),
            repository=repository, tag=payloads.needed(payload, "tag", most=120),
            name=payloads.text(payload, "name", most=200), commit=payloads.commit(payload, "commit.id"),
            by=payloads.text(payload, "commit.author.name", most=100), url=payloads.text(payload, "url", most=500),
        ),
        manner,
    )  # fmt: skip


def _is_version(ref: str) -> bool:
    return "." in ref and any(sign.isdigit() for sign in ref)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], Manner], tuple[Event, ...]]]] = {
    "push": _push,
    "merge_request": _merge_request,
    "pipeline": _pipeline,
    "deployment": _deployment,
    "release": _release,
}
"""What is read; everything else (issues, notes, jobs, tags) tells nothing that counts."""
