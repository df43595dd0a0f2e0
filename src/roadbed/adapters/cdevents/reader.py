"""Reads CDEvents, bare or as CloudEvents in each of the three content modes of the HTTP binding."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import unquote

from roadbed.adapters.cdevents.testing import tests_in
from roadbed.adapters.cdevents.told import Told, commit_of, custom, repository_of
from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner, Unreadable

_TYPE: Final = re.compile(r"dev\.cdevents\.([a-z]+)\.([a-z]+)\.\d+\.\d+\.\d+(?:[-+.][\w.-]+)?")
MOST_EVENTS: Final = 1000
_OUTCOMES: Final = {
    ("service", "deployed"): events.SUCCEEDED,
    ("service", "upgraded"): events.SUCCEEDED,
    ("service", "rolledback"): events.ROLLED_BACK,
}
_CHANGES: Final = {
    "created": events.OPENED,
    "merged": events.MERGED,
    "abandoned": events.CLOSED,
    "reviewed": events.REVIEWED,
}

_NAMES: Final = ("pipelineName", "taskName", "testSuite.name", "testSuite.id")
_PARTS: Final = {"taskrun": events.TASK, "testsuiterun": events.SUITE}
"""Runs that are parts of a pipeline; whether they fail is told of the whole."""


class CdEvents:
    """Implements the port `EventReader`."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        if delivery.headers.get("webhook-signature"):
            return proofs.standard(delivery, secret, now=now)
        return proofs.signed_or_bearer(delivery, secret)

    def identity(self, delivery: Delivery) -> str:
        # In binary mode source and id stand in headers; else the digest of the body does, and facts know their events.
        source, identity = delivery.headers.get("ce-source", ""), delivery.headers.get("ce-id", "")
        return f"{source} {identity}" if source and identity else ""

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        found = [one for payload in _bodies(delivery) if (one := _told(payload)) is not None]
        tests = tests_in([one for one in found if one.subject == "testcaserun"])
        return (*(event for one in found for event in _events(one, manner)), *tests)


def _bodies(delivery: Delivery) -> list[Any]:
    """The CDEvents of a delivery, whichever content mode it came in."""
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    payload = payloads.parsed(delivery.body)
    if kind == "application/cloudevents-batch+json" or isinstance(payload, list):
        if not isinstance(payload, list):
            raise Unreadable("A batch is a list of events.")
        if len(payload) > MOST_EVENTS:
            raise Unreadable(f"A batch holds at most {MOST_EVENTS} events; this one has {len(payload)}.")
        return [_unwrapped(each) for each in payload]
    return [_unwrapped(payload)]


def _unwrapped(payload: Any) -> Any:
    """What a CloudEvent carries; an event without that envelope, and the body in binary mode, is itself."""
    envelope = payloads.mapping(payload, "An event")
    if "context" in envelope:
        return envelope
    if "data_base64" in envelope:
        try:
            return payloads.parsed(base64.b64decode(str(envelope["data_base64"]), validate=True))
        except (binascii.Error, ValueError) as fault:
            raise Unreadable(f"data_base64 cannot be read: {fault}.") from None
    if "data" not in envelope:
        raise Unreadable("It is no CDEvent: context is missing, and so is the data of a CloudEvent.")
    return envelope["data"]


def _told(payload: Any) -> Told | None:
    event = payloads.mapping(payload, "The event's data")
    named = payloads.needed(event, "context.type", most=200)
    match = _TYPE.fullmatch(named)
    if match is None:
        # Somebody else's type in CloudEvents is no fault of theirs.
        return None
    source = payloads.needed(event, "context.source", most=300)
    identity = payloads.needed(event, "context.id", most=200)
    return Told(
        subject=match[1], predicate=match[2], key=f"{source} {identity}",
        at=payloads.moment(event, "context.timestamp"), source=source,
        id=payloads.needed(event, "subject.id", most=300),
        content=payloads.mapping(payloads.at(event, "subject.content") or {}, "subject.content"),
        custom=payloads.at(event, "customData"), chain=payloads.text(event, "context.chainId", most=100),
    )  # fmt: skip


def _events(one: Told, manner: Manner) -> tuple[Event, ...]:
    reading = _READERS.get(one.subject)
    return () if reading is None else reading(one, manner)


def _service(one: Told, manner: Manner) -> tuple[Event, ...]:
    del manner
    outcome = _OUTCOMES.get((one.subject, one.predicate))
    if outcome is None:
        return ()
    artifact = payloads.text(one.content, "artifactId", most=300)
    environment = payloads.text(one.content, "environment.id", most=100)
    if not environment:
        raise Unreadable("subject.content.environment.id is missing, so nobody knows where it was deployed to.")
    return (
        events.Deployment(
            key=one.key, at=one.at, outcome=outcome, environment=environment, repository=repository_of(one),
            commit=commit_of(one), service=one.id, artifacts=(artifact,) if artifact else (),
            version=custom(one, "version", "data.version")[:120] or version_of(artifact),
            by=custom(one, "by", "actor.name")[:100], url=custom(one, "url", "data.url"),
            run="" if outcome == events.ROLLED_BACK else _run_of(one),
        ),
    )  # fmt: skip


def _run_of(one: Told) -> str:
    """What holds the start of a deployment and its end together: what the sender says, else the chain of events."""
    return custom(one, "run") or (f"chain {one.chain}" if one.chain else "")


def version_of(artifact: str) -> str:
    """The version of a package URL, empty where it is a digest: nobody calls a release by that."""
    said = unquote(artifact.partition("?")[0].rpartition("@")[2]) if "@" in artifact else ""
    return "" if ":" in said or not any(sign.isdigit() for sign in said) else said[:120]


def _change(one: Told, manner: Manner) -> tuple[Event, ...]:
    del manner
    state = _CHANGES.get(one.predicate)
    if state is None:
        return ()
    author = custom(one, "author")
    return (
        events.Change(
            key=one.key, at=one.at, repository=repository_of(one) or payloads.repository_name(one.source),
            number=one.id[:40], state=state, title=custom(one, "title", "description")
            or payloads.text(one.content, "description", most=500), author=author[:100], bot=payloads.is_bot(author),
            merge=commit_of(one) if state == events.MERGED else "", opened_at=None,
        ),
    )  # fmt: skip


def _artifact(one: Told, manner: Manner) -> tuple[Event, ...]:
    del manner
    if one.predicate not in ("packaged", "published"):
        return ()
    return (
        events.Artifact(
            key=one.key, at=one.at, artifact=one.id,
            repository=payloads.repository_name(payloads.text(one.content, "change.source", most=300)),
            commit=commit_of(one), change=payloads.text(one.content, "change.id", most=40),
        ),
    )  # fmt: skip


def _branch(one: Told, manner: Manner) -> tuple[Event, ...]:
    del manner
    if one.predicate not in (events.CREATED, events.DELETED):
        return ()
    repository = repository_of(one) or payloads.repository_name(one.source)
    return (events.Branch(one.key, one.at, repository, one.id.removeprefix("refs/heads/")[:200], one.predicate),)


def _run(one: Told, manner: Manner) -> tuple[Event, ...]:
    name = next((said for field in _NAMES if (said := payloads.text(one.content, field, most=200))), one.id[:200])
    part, run = _PARTS.get(one.subject, ""), f"{one.source} {one.subject} {one.id}"
    if one.predicate in ("queued", "started"):
        queued = one.predicate == "queued"
        began = events.BuildBegan(one.key, one.at, repository_of(one), name, run, queued=queued, part=part)
        # Where the chain of a run that names a service ends with a service event, that was its start.
        deploys = _deploys(name, manner) or (one.chain and custom(one, "service"))
        return (began, _deployment(one, manner, events.STARTED)) if deploys and not queued else (began,)
    if one.predicate != "finished":
        return ()
    artifact = payloads.text(one.content, "artifactId", most=300)
    outcome = payloads.text(one.content, "outcome", most=40)
    build = events.Build(
        key=one.key, at=one.at, repository=repository_of(one), name=name, commit=commit_of(one), outcome=outcome,
        artifacts=(artifact,) if artifact else (), url=payloads.text(one.content, "uri", most=500),
        branch=custom(one, "branch"), run=run, part=part,
    )  # fmt: skip
    ended = {"success": events.SUCCEEDED, "failure": events.FAILED, "error": events.FAILED}.get(outcome)
    if ended is None or not _deploys(name, manner):
        return (build,)
    return build, _deployment(one, manner, ended)


def _deploys(name: str, manner: Manner) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in manner.deploys)


def _deployment(one: Told, manner: Manner, outcome: str) -> events.Deployment:
    """The deployment that a run is, by its start or its end."""
    artifact = payloads.text(one.content, "artifactId", most=300)
    return events.Deployment(
        key=f"{one.key} {outcome}" if outcome == events.STARTED else one.key, at=one.at, outcome=outcome,
        environment=payloads.text(one.content, "environment.id", most=100) or custom(one, "environment")[:100]
        or manner.environment, repository=repository_of(one), commit=commit_of(one), service=custom(one, "service"),
        artifacts=(artifact,) if artifact else (), url=payloads.text(one.content, "uri", most=500),
        run=_run_of(one) or f"{one.source} {one.subject} {one.id}",
    )  # fmt: skip


def _incident(one: Told, manner: Manner) -> tuple[Event, ...]:
    if one.predicate not in ("detected", "reported", "resolved"):
        return ()
    return (
        events.Incident(
            key=one.key, at=one.at, incident=f"{one.source} {one.id}", state=one.predicate,
            environment=payloads.text(one.content, "environment.id", most=100) or manner.environment,
            service=payloads.text(one.content, "service.id", most=200),
            title=payloads.text(one.content, "description", most=300),
            artifact=payloads.text(one.content, "artifactId", most=300),
            url=payloads.text(one.content, "ticketURI", most=500),
        ),
    )  # fmt: skip


_READERS: Final[Mapping[str, Callable[[Told, Manner], tuple[Event, ...]]]] = {
    "service": _service,
    "change": _change,
    "artifact": _artifact,
    "build": _run,
    "pipelinerun": _run,
    "taskrun": _run,
    "testsuiterun": _run,
    "branch": _branch,
    "incident": _incident,
}
