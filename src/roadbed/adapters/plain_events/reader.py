"""Reads our own plain form: one event or a list, each with a type, for whatever can post JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner, Unreadable

MOST_EVENTS: Final = 1000
_OUTCOMES: Final = {
    "started": events.STARTED,
    "success": events.SUCCEEDED,
    "failure": events.FAILED,
    "rolledback": events.ROLLED_BACK,
}
_BUILT: Final = ("success", "failure", "cancelled")


class PlainEvents:
    """Implements the port `EventReader`."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        del now
        return proofs.signed_or_bearer(delivery, secret)

    def identity(self, delivery: Delivery) -> str:
        return delivery.headers.get("idempotency-key", "")

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        payload = payloads.parsed(delivery.body)
        listed = payload if isinstance(payload, list) else [payload]
        if len(listed) > MOST_EVENTS:
            raise Unreadable(f"At most {MOST_EVENTS} events at a time; these are {len(listed)}.")
        return tuple(_event(payloads.mapping(each, f"Event {index}"), manner) for index, each in enumerate(listed, 1))


def _event(one: Mapping[str, Any], manner: Manner) -> Event:
    named = payloads.needed(one, "type", most=40)
    reading = _READERS.get(named)
    if reading is None:
        raise Unreadable(f"type is {named!r}; it is one of {', '.join(_READERS)}.")
    at = payloads.moment(one, "at")
    identity = payloads.text(one, "id", most=180)
    return reading(one, at, identity, manner)


def _repository(one: Mapping[str, Any]) -> str:
    return payloads.repository_name(payloads.text(one, "repository", most=500))


def _deployment(one: Mapping[str, Any], at: datetime, identity: str, manner: Manner) -> Event:
    said = payloads.needed(one, "outcome", most=40)
    if said not in _OUTCOMES:
        raise Unreadable(f"outcome is {said!r}; it is one of {', '.join(_OUTCOMES)}.")
    service, commit = payloads.text(one, "service", most=200), payloads.commit(one, "commit")
    environment = payloads.text(one, "environment", most=100) or manner.environment
    artifacts = tuple(payloads.clean(each)[:300] for each in payloads.items(one, "artifacts") if isinstance(each, str))
    version = payloads.text(one, "version", most=120)
    made = identity or f"{service or _repository(one)}:{environment}:{commit}:{at.isoformat()}"
    return events.Deployment(
        key=f"{made}:{said}", at=at, outcome=_OUTCOMES[said], environment=environment, repository=_repository(one),
        commit=commit, service=service, artifacts=artifacts, version=version,
        started_at=payloads.instant(one, "started_at"), by=payloads.text(one, "by", most=100),
        url=payloads.text(one, "url", most=500), run=identity,
    )  # fmt: skip


def _change(one: Mapping[str, Any], at: datetime, identity: str, manner: Manner) -> Event:
    del manner
    repository, number = _repository(one), payloads.needed(one, "number", most=40)
    state = payloads.needed(one, "state", most=40)
    if state not in (events.OPENED, events.MERGED, events.CLOSED, events.REVIEWED):
        raise Unreadable(f"state is {state!r}; it is opened, merged, closed or reviewed.")
    author = payloads.text(one, "author", most=100)
    return events.Change(
        key=identity or f"{repository}:change:{number}:{state}", at=at, repository=repository, number=number,
        state=state, title=payloads.text(one, "title", most=500), body=payloads.text(one, "body", most=4000),
        author=author, bot=payloads.is_bot(author), head=payloads.commit(one, "head"),
        merge=payloads.commit(one, "merge"), opened_at=payloads.instant(one, "opened_at"),
        url=payloads.text(one, "url", most=500), branch=payloads.text(one, "branch", most=200),
        base=payloads.text(one, "base", most=200), additions=payloads.whole(one, "additions"),
        deletions=payloads.whole(one, "deletions"), files=payloads.whole(one, "files"),
        commits=payloads.whole(one, "commits"), trunk=payloads.text(one, "trunk", most=200),
    )  # fmt: skip


def _branch(one: Mapping[str, Any], at: datetime, identity: str, manner: Manner) -> Event:
    del manner
    repository, branch = _repository(one), payloads.needed(one, "branch", most=200)
    state = payloads.needed(one, "state", most=40)
    if state not in (events.CREATED, events.DELETED):
        raise Unreadable(f"state is {state!r}; a branch is created or deleted.")
    key = identity or f"{repository}:branch:{branch}:{state}:{at.isoformat()}"
    return events.Branch(key, at, repository, branch, state, trunk=payloads.text(one, "trunk", most=200))


def _build(one: Mapping[str, Any], at: datetime, identity: str, manner: Manner) -> Event:
    del manner
    repository, name = _repository(one), payloads.needed(one, "name", most=200)
    commit, outcome = payloads.commit(one, "commit"), payloads.needed(one, "outcome", most=40)
    if outcome not in _BUILT:
        raise Unreadable(f"outcome is {outcome!r}; a build's is one of {', '.join(_BUILT)}.")
    return events.Build(
        key=identity or f"{repository}:build:{name}:{commit}:{at.isoformat()}", at=at, repository=repository, name=name,
        commit=commit, outcome=outcome, started_at=payloads.instant(one, "started_at"),
        branch=payloads.text(one, "branch", most=200), url=payloads.text(one, "url", most=500),
        queued_seconds=payloads.number(one, "queued_seconds"),
    )  # fmt: skip


def _artifact(one: Mapping[str, Any], at: datetime, identity: str, manner: Manner) -> Event:
    del manner
    artifact, commit = payloads.needed(one, "artifact", most=300), payloads.commit(one, "commit")
    if not commit:
        raise Unreadable("commit is missing: an artifact is told to say what it was built of.")
    return events.Artifact(
        key=identity or f"{artifact}:{commit}", at=at, artifact=artifact, repository=_repository(one), commit=commit
    )


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], datetime, str, Manner], Event]]] = {
    "deployment": _deployment,
    "change": _change,
    "branch": _branch,
    "build": _build,
    "artifact": _artifact,
}
