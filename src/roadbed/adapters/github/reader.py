"""Reads GitHub's webhooks: pushes, pull requests, reviews, workflow runs, statuses of deployments, releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import parse_qs

from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner, Unreadable

_STATES: Final = {
    "success": events.SUCCEEDED,
    "failure": events.FAILED,
    "error": events.FAILED,
    "in_progress": events.STARTED,
}
"""Other states of a deployment (queued, pending, inactive) say nothing of what went live."""
LISTED: Final = 2048
"""The most commits that GitHub lists in a push."""
_ROLLBACK_TASKS: Final = frozenset({"rollback", "deploy:rollback"})


class GitHubEvents:
    """Implements the port `EventReader`."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        del now
        return proofs.hex_digest(delivery.headers.get("x-hub-signature-256", ""), delivery.body, secret)

    def identity(self, delivery: Delivery) -> str:
        return delivery.headers.get("x-github-delivery", "")

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        payload = payloads.mapping(_json_of(delivery))
        name = delivery.headers.get("x-github-event", "")
        if not name:
            raise Unreadable("The header X-GitHub-Event is missing, so nobody knows what it is.")
        reading = _READERS.get(name)
        return () if reading is None else reading(payload, manner)


def _json_of(delivery: Delivery) -> Any:
    if delivery.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = parse_qs(delivery.body.decode("utf-8", "replace"), max_num_fields=10)
        return payloads.parsed(form.get("payload", [""])[0].encode())
    return payloads.parsed(delivery.body)


def repository_of(payload: Mapping[str, Any]) -> str:
    """`github.com/acme/shop`, whichever of the addresses the payload has."""
    address = payloads.text(payload, "repository.html_url") or payloads.text(payload, "repository.clone_url")
    name = payloads.repository_name(address) if address else ""
    if not name:
        raise Unreadable("repository.html_url is missing.")
    return name


def _push(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    ref, after = payloads.text(payload, "ref"), payloads.commit(payload, "after")
    if payloads.at(payload, "deleted") is True and ref.startswith("refs/heads/"):
        return _deleted(payload, ref.removeprefix("refs/heads/"))
    if not ref.startswith("refs/heads/") or not after:
        return ()
    commits = tuple(commit_of(each) for each in payloads.items(payload, "commits"))
    repository = repository_of(payload)
    pushed = payloads.instant(payload, "repository.pushed_at")
    last = commits[-1].committed_at if commits else None
    at = pushed or payloads.instant(payload, "head_commit.timestamp") or last
    if at is None:
        return ()
    branch = ref.removeprefix("refs/heads/")
    before = payloads.commit(payload, "before")
    return (
        events.Pushed(
            key=f"{repository}:push:{branch}:{before or '0'}..{after}", at=at, repository=repository, branch=branch,
            before=before, after=after, commits=commits, whole=len(commits) < LISTED, trunk=trunk_of(payload),
        ),
    )  # fmt: skip


def trunk_of(payload: Mapping[str, Any]) -> str:
    """The repository's main branch."""
    return payloads.text(payload, "repository.default_branch", most=200)


def _deleted(payload: Mapping[str, Any], branch: str) -> tuple[Event, ...]:
    """A branch that is gone; a push that deletes tells no other instant than the repository's last push."""
    at, before = payloads.instant(payload, "repository.pushed_at"), payloads.commit(payload, "before")
    if at is None:
        return ()
    repository = repository_of(payload)
    key = f"{repository}:branch:{branch}:{before}:deleted"
    return (events.Branch(key, at, repository, branch, events.DELETED, trunk=trunk_of(payload)),)


def commit_of(payload: Any) -> events.Commit:
    """A commit of a push."""
    payloads.mapping(payload, "A commit")
    sha = payloads.commit(payload, "id")
    at = payloads.instant(payload, "timestamp")
    if not sha or at is None:
        raise Unreadable("A commit has no id or no timestamp.")
    subject, body = payloads.parted(payloads.text(payload, "message", most=8000))
    author = payloads.text(payload, "author.username") or payloads.text(payload, "author.name")
    lists = ("added", "removed", "modified")
    told = any(isinstance(payloads.at(payload, name), list) for name in lists)
    paths = [str(path) for name in lists for path in payloads.items(payload, name)]
    return events.Commit(
        sha=sha, subject=subject, body=body, author=author[:100], authored_at=at, committed_at=at,
        bot=payloads.is_bot(author), paths=tuple(dict.fromkeys(map(payloads.clean, paths))) if told else None,
    )  # fmt: skip


def _pull_request(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    merged = payloads.at(payload, "pull_request.merged") is True
    action = payloads.text(payload, "action")
    state = {"closed": events.MERGED if merged else events.CLOSED, "opened": events.OPENED}.get(action)
    if state is None:
        return ()
    return (change_of(repository_of(payload), payloads.mapping(payload.get("pull_request"), "pull_request"), state),)


def change_of(repository: str, pull: Mapping[str, Any], state: str) -> events.Change:
    """A pull request, as webhooks and the API both tell it."""
    number = payloads.needed(pull, "number", most=40)
    when = {
        events.MERGED: ("merged_at", "closed_at"),
        events.CLOSED: ("closed_at", "updated_at"),
        events.OPENED: ("created_at",),
    }[state]
    author = payloads.text(pull, "user.login")
    labels = (payloads.text(each, "name", most=100) for each in payloads.items(pull, "labels", most=100))
    return events.Change(
        key=f"{repository}:change:{number}:{state}", at=payloads.moment(pull, *when), repository=repository,
        number=number, state=state, title=payloads.text(pull, "title", most=500),
        body=payloads.text(pull, "body", most=4000), labels=tuple(filter(None, labels)), author=author[:100],
        bot=payloads.is_bot(author, kind=payloads.text(pull, "user.type")), head=payloads.commit(pull, "head.sha"),
        merge=payloads.commit(pull, "merge_commit_sha") if state == events.MERGED else "",
        base=payloads.text(pull, "base.ref"), branch=payloads.text(pull, "head.ref"),
        opened_at=payloads.instant(pull, "created_at"), url=payloads.text(pull, "html_url", most=500),
        additions=payloads.whole(pull, "additions"), deletions=payloads.whole(pull, "deletions"),
        files=payloads.whole(pull, "changed_files"), commits=payloads.whole(pull, "commits"),
        trunk=payloads.text(pull, "base.repo.default_branch", most=200),
    )  # fmt: skip


def _review(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    author, reviewer = payloads.text(payload, "pull_request.user.login"), payloads.text(payload, "review.user.login")
    # Who comments on one's own request has not reviewed it.
    if payloads.text(payload, "action") != "submitted" or (author and author == reviewer):
        return ()
    repository, number = repository_of(payload), payloads.needed(payload, "pull_request.number", most=40)
    identity = payloads.needed(payload, "review.id", most=40)
    return (
        events.Change(
            key=f"{repository}:review:{identity}", at=payloads.moment(payload, "review.submitted_at"),
            repository=repository, number=number, state=events.REVIEWED, author=reviewer[:100],
            bot=payloads.is_bot(reviewer, kind=payloads.text(payload, "review.user.type")),
        ),
    )  # fmt: skip


def _workflow_run(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    action, run = payloads.text(payload, "action"), payloads.mapping(payload.get("workflow_run"), "workflow_run")
    if action == "in_progress":
        return _workflow_began(repository_of(payload), run, manner)
    return workflow_of(repository_of(payload), run, manner) if action == "completed" else ()


def _workflow_began(repository: str, run: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    if not any(fnmatchcase(payloads.text(run, "name", most=200), pattern) for pattern in manner.deploys):
        return ()
    attempt = payloads.text(run, "run_attempt", most=20) or "1"
    key = f"{repository}:run:{payloads.needed(run, 'id', most=40)}:{attempt}"
    return (
        events.Deployment(
            key=f"{key}:{events.STARTED}", at=payloads.moment(run, "run_started_at", "created_at"),
            outcome=events.STARTED, environment=manner.environment, repository=repository,
            commit=payloads.commit(run, "head_sha"), by=payloads.text(run, "actor.login", most=100),
            url=payloads.text(run, "html_url", most=500), run=key,
        ),
    )  # fmt: skip


def workflow_of(repository: str, run: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    """A finished run; of a workflow that deploys it is a deployment as well."""
    identity, name = payloads.needed(run, "id", most=40), payloads.text(run, "name", most=200)
    attempt = payloads.text(run, "run_attempt", most=20) or "1"
    at, began = payloads.moment(run, "updated_at", "created_at"), payloads.instant(run, "run_started_at")
    outcome = payloads.text(run, "conclusion", most=40)
    # A later attempt keeps the instant at which the first was asked for.
    asked = payloads.instant(run, "created_at") if attempt == "1" else None
    waited = (began - asked).total_seconds() if asked and began and began >= asked else None
    build = events.Build(
        key=f"{repository}:run:{identity}:{attempt}", at=at, repository=repository, name=name,
        commit=payloads.commit(run, "head_sha"), outcome=outcome,
        started_at=began or payloads.instant(run, "created_at"), branch=payloads.text(run, "head_branch"),
        url=payloads.text(run, "html_url", most=500), queued_seconds=waited,
    )  # fmt: skip
    ended = {"success": events.SUCCEEDED, "failure": events.FAILED, "timed_out": events.FAILED}.get(outcome)
    if ended is None or not any(fnmatchcase(name, pattern) for pattern in manner.deploys):
        return (build,)
    actor = payloads.text(run, "actor.login", most=100)
    deployed = events.Deployment(
        key=f"{repository}:run:{identity}:{attempt}", at=at, outcome=ended, environment=manner.environment,
        repository=repository, commit=build.commit, started_at=build.started_at, by=actor, url=build.url, run=build.key,
    )  # fmt: skip
    return build, deployed


def _deployment_status(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    del manner
    found = status_of(
        repository_of(payload),
        payloads.mapping(payload.get("deployment"), "deployment"),
        payloads.mapping(payload.get("deployment_status"), "deployment_status"),
    )
    return () if found is None else (found,)


def status_of(repository: str, deployment: Mapping[str, Any], status: Mapping[str, Any]) -> events.Deployment | None:
    """A deployment at one of its statuses, as webhooks and the API both tell it; None for one that says nothing."""
    outcome = _STATES.get(payloads.needed(status, "state", most=40))
    if outcome is None:
        return None
    if outcome == events.SUCCEEDED and payloads.text(deployment, "task") in _ROLLBACK_TASKS:
        outcome = events.ROLLED_BACK
    identity = payloads.needed(deployment, "id", most=40)
    hint = payloads.text(deployment, "payload.service", most=100) or payloads.text(deployment, "payload.app", most=100)
    images = payloads.items(deployment, "payload.images", most=50) or [payloads.text(deployment, "payload.image")]
    return events.Deployment(
        key=f"{repository}:deployment:{identity}:{outcome}", at=payloads.moment(status, "updated_at", "created_at"),
        outcome=outcome,
        environment=payloads.text(status, "environment", most=100) or payloads.text(deployment, "environment"),
        repository=repository, commit=payloads.commit(deployment, "sha"), service=hint,
        artifacts=tuple(image for each in images if isinstance(each, str) and (image := payloads.clean(each)[:300])),
        version=_version(payloads.text(deployment, "ref", most=120)),
        started_at=payloads.instant(deployment, "created_at"),
        production=payloads.at(deployment, "production_environment") is True,
        by=payloads.text(deployment, "creator.login", most=100),
        url=payloads.text(status, "log_url", most=500) or payloads.text(status, "target_url", most=500),
        run=f"{repository}:deployment:{identity}",
    )  # fmt: skip


def _release(payload: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    told = payloads.mapping(payload.get("release"), "release")
    # An edit or a draft publishes nothing.
    if payloads.text(payload, "action") != "published" or payloads.at(told, "draft") is True:
        return ()
    repository, identity = repository_of(payload), payloads.needed(told, "id", most=40)
    return events.released(
        events.Release(
            key=f"{repository}:release:{identity}", at=payloads.moment(told, "published_at", "created_at"),
            repository=repository, tag=payloads.needed(told, "tag_name", most=120),
            name=payloads.text(told, "name", most=200), commit=payloads.commit(told, "target_commitish"),
            by=payloads.text(told, "author.login", most=100), preview=payloads.at(told, "prerelease") is True,
            url=payloads.text(told, "html_url", most=500),
        ),
        manner,
    )  # fmt: skip


def _version(ref: str) -> str:
    """A tag names a version; a branch or a commit does not."""
    return ref if any(sign.isdigit() for sign in ref) and "." in ref else ""


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], Manner], tuple[Event, ...]]]] = {
    "push": _push,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "workflow_run": _workflow_run,
    "deployment_status": _deployment_status,
    "release": _release,
}
"""What is read; everything else (ping, a deployment that nobody began) tells nothing that counts."""
