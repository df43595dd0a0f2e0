"""CDEvents, bare or in CloudEvents' structured JSON, of any of their editions."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.rules.changes import Ref
from roadbed.delivery.metrics.rules.events import facts, telling
from roadbed.delivery.metrics.rules.events.values import Heard, Packaged, Unreadable
from roadbed.delivery.metrics.rules.reading import Line

OWN: Final = "dev.roadbed."
_TYPE: Final = re.compile(r"(?:dev\.cdevents|cd)\.(?P<subject>[a-z]+)\.(?P<predicate>[a-z-]+)(?:\.|$)")
_MADE: Final = frozenset({"artifact.packaged", "artifact.published", "artifact.signed"})
_FAILED: Final = frozenset({"failure", "failed", "error", "cancelled", "canceled", "aborted"})


def is_cloudevent(value: Mapping[str, Any]) -> bool:
    """Whether an object is a CloudEvent in structured JSON."""
    return "specversion" in value and isinstance(value.get("type"), str)


def is_cdevent(value: Mapping[str, Any]) -> bool:
    """Whether an object is a CDEvent by itself."""
    return isinstance(value.get("context"), Mapping) and isinstance(value.get("subject"), Mapping)


def heard_of_cloudevent(value: Mapping[str, Any]) -> Heard | None:
    """What a CloudEvent tells; None where it carries something that is no CDEvent and no fact.

    Raises:
        Unreadable: when what it needs is missing.
    """
    kind, data = value["type"], _data(value)
    if kind.startswith(OWN):
        return facts.heard(data) if facts.is_fact(data) else None
    if _TYPE.match(kind) is None:
        return None
    if not is_cdevent(data):
        raise Unreadable(f"{kind} carries no CDEvent", "Put the event's context and subject into data.")
    about = {"type": kind, "id": value.get("id"), "source": value.get("source"), "timestamp": value.get("time")}
    told = {name: one for name, one in data["context"].items() if one not in (None, "")}
    return heard({**data, "context": {**about, **told}})


def _data(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if "data_base64" not in value:
        return telling.mapping(value.get("data"))
    try:
        return telling.mapping(base64.b64decode(str(value["data_base64"]), validate=True).decode("utf-8"))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError):
        raise Unreadable("data_base64 is no text in base64", "Encode the event's JSON with base64.") from None


def heard(value: Mapping[str, Any]) -> Heard | None:
    """What a CDEvent tells; None of a type that these metrics have no use for.

    Raises:
        Unreadable: when what it needs is missing.
    """
    context, subject = value["context"], value["subject"]
    kind = _kind(context)
    custom = telling.mapping(value.get("customData"))
    if custom.get("schema") == facts.SCHEMA and facts.is_fact(custom):
        # Our own events carry the whole fact.
        return facts.heard(custom)
    at = telling.needed_instant(context.get("timestamp"), "context.timestamp")
    content = telling.mapping(subject.get("content"))
    name = telling.as_text(subject.get("id"))
    if not name:
        raise Unreadable(f"{kind} has no subject.id", "Name what it is about in subject.id.")
    source, own = telling.as_text(context.get("source")), telling.as_text(context.get("id"))
    base = Heard(
        # Some number their events by type, so that alone the id is not enough.
        identity=f"{source}\x00{own}\x00{kind}" if own else telling.digest(telling.canonical(value)),
        at=at,
        chain=telling.text(context, "chainId"),
        context=own,
        linked=_links(context),
    )
    return _told(kind, base, name, content, custom)


def _kind(context: Mapping[str, Any]) -> str:
    told = context.get("type")
    found = _TYPE.match(told) if isinstance(told, str) else None
    if found is None:
        raise Unreadable(
            f"context.type {str(told)[:60]!r} is no type of CDEvents",
            "Types look like dev.cdevents.service.deployed.0.3.0.",
        )
    return f"{found['subject']}.{found['predicate']}"


def _told(kind: str, base: Heard, name: str, content: Mapping[str, Any], custom: Mapping[str, Any]) -> Heard | None:
    said = {**content, **custom}
    if kind in facts.CHANGES:
        change = facts.change_of(kind, name, base.at, _change_data(content, custom))
        return _with(base, change=change)
    if kind in _MADE:
        refs = _refs(content.get("change")) + _refs(telling.found(custom, ("changes", "change")))
        return _with(base, packaged=Packaged(artifact_of(name), base.at, tuple(dict.fromkeys(refs))))
    if kind in reading.DEPLOYED:
        if telling.text(said, "outcome", "status", "result").lower() in _FAILED:
            # A failed pipeline is not a failed change: nothing went live.
            return _with(base)
        return _deployed(kind, base, name, content, custom)
    if kind in reading.DETECTED or kind == reading.RESOLVED:
        return _incident(kind, base, name, content, custom)
    return None


def _with(base: Heard, **more: Any) -> Heard:
    values = {name: getattr(base, name) for name in ("identity", "at", "chain", "context", "linked")}
    return Heard(**(values | more))


def _change_data(content: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {**content, **custom}
    # CDEvents has no title: the first line of a description is one.
    title, _, body = telling.text(content, "description").partition("\n")
    said.setdefault("title", title)
    said["body"] = "\n".join(part for part in (telling.text(custom, "body"), body) if part)
    return said


def _refs(value: Any) -> tuple[Ref, ...]:
    values = value if isinstance(value, list) else [value]
    found = []
    for one in values:
        told = telling.mapping(one) if isinstance(one, Mapping) else {}
        if name := telling.as_text(one):
            found.append(Ref(name, telling.text(told, "source", "repository")))
    return tuple(found)


def _links(context: Mapping[str, Any]) -> tuple[str, ...]:
    links = context.get("links")
    if not isinstance(links, list):
        return ()
    ends = [telling.mapping(one.get(end)) for one in links if isinstance(one, Mapping) for end in ("from", "target")]
    return tuple(dict.fromkeys(name for one in ends if (name := telling.text(one, "contextId"))))


def artifact_of(text: str) -> str:
    """A package URL in one spelling: nothing escaped, without qualifiers."""
    return unquote(text.strip()).partition("?")[0].partition("#")[0]


def _deployed(kind: str, base: Heard, service: str, content: Mapping[str, Any], custom: Mapping[str, Any]) -> Heard:
    said = {**content, **custom}
    artifact = artifact_of(telling.text(said, "artifactId", "artifact"))
    environment = telling.text(said, "environment")
    version = telling.text(custom, *telling.VERSION) or artifact.rpartition("/")[2]
    commit = telling.text(custom, *telling.COMMIT)
    # Something has to tell versions apart, or an older one that comes again is not known as such.
    commit = commit or (telling.digest(artifact or version) if artifact or version else "")
    key = telling.text(custom, *telling.DEPLOYMENT)
    key = key or telling.digest(service, environment, artifact or version, base.at.isoformat())
    data = {
        "deployment": key,
        "service": service,
        "version": version,
        "commit": commit,
        "artifact": artifact,
        "started_at": telling.found(custom, telling.STARTED),
        "kind": telling.text(custom, "kind", "deploymentKind", "label").lower(),
        "by": "external",
    }
    if custom.get("rollback") is True:
        kind = reading.ROLLED_BACK
    line = _line(kind, base, service, environment, data)
    named = telling.found(custom, ("changes", "change", "pullRequests", "pullRequest"))
    commits = None if kind == reading.ROLLED_BACK else telling.commits_told(custom.get("commits"))
    return _with(base, line=line, changes=_refs(named), commits=commits, environment=environment, **_owners(said))


def _owners(said: Mapping[str, Any]) -> dict[str, str]:
    return {"team": telling.text(said, "team", "owner"), "system": telling.text(said, "system")}


def _line(kind: str, base: Heard, subject: str, environment: str, data: Mapping[str, Any]) -> Line:
    return reading.line_of(
        uid=telling.digest(base.identity),
        kind=kind,
        subject=telling.short(subject),
        environment=environment,
        occurred_at=base.at,
        supersedes="",
        data={name: value for name, value in data.items() if value not in (None, "")},
    )


def _incident(kind: str, base: Heard, name: str, content: Mapping[str, Any], custom: Mapping[str, Any]) -> Heard:
    said = {**content, **custom}
    service = telling.text(said, "service")
    environment = telling.text(said, "environment")
    began: datetime | None = telling.instant(telling.found(custom, ("startedAt", "beganAt", "openedAt")))
    ended = telling.instant(telling.found(custom, ("mitigatedAt", "restoredAt", "resolvedAt", "endedAt")))
    data = {
        "service_uid": telling.short(service),
        "service": service,
        "title": telling.text(said, "title", "description", "summary"),
        "cause": telling.text(custom, *telling.CAUSE),
        "artifact": artifact_of(telling.text(content, "artifactId")),
        "started_at": began.isoformat() if began else None,
        "resolved_at": ended.isoformat() if ended else None,
        "mended_by": telling.text(custom, "resolvedBy", "fixedBy", "mendedBy", "fixDeployment"),
    }
    line = _line(kind, base, name, environment, data)
    return _with(base, line=line, environment=environment, **_owners(said))
