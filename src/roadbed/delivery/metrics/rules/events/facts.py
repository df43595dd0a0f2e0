"""Roadbed's facts as the API, webhooks and files tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.rules.changes import ChangeTold, Ref
from roadbed.delivery.metrics.rules.events import telling
from roadbed.delivery.metrics.rules.events.values import Heard, Unreadable

SCHEMA: Final = "roadbed.fact/1"
CHANGES: Final = frozenset({"change.created", "change.updated", "change.reviewed", "change.merged"})


def is_fact(value: Mapping[str, Any]) -> bool:
    """Whether an object is a fact: what happened, to what, when."""
    return isinstance(value.get("kind"), str) and ("occurred_at" in value or value.get("schema") == SCHEMA)


def heard(value: Mapping[str, Any]) -> Heard:
    """A fact as it stands in a file.

    Raises:
        Unreadable: when what it needs is missing.
    """
    kind = value["kind"]
    at = telling.needed_instant(value.get("occurred_at"), "occurred_at")
    data = telling.mapping(value.get("data"))
    uid = telling.text(value, "uid", "id") or telling.digest(
        *(telling.as_text(value.get(name)) for name in ("source", "source_id")), telling.canonical(value)
    )
    source, source_id = telling.text(value, "source"), telling.text(value, "source_id")
    # A repeated delivery keeps its source's id, whatever it is stored as.
    identity = f"{source}\x00{source_id}" if source and source_id else uid
    if kind in CHANGES:
        return Heard(identity, at, change=change_of(kind, telling.text(value, "subject"), at, data))
    if kind not in reading.KINDS or kind == reading.OVERRIDDEN:
        return Heard(identity, at)
    return _line(value, kind, uid, identity, data)


def _line(value: Mapping[str, Any], kind: str, uid: str, identity: str, data: Mapping[str, Any]) -> Heard:
    at = telling.needed_instant(value.get("occurred_at"), "occurred_at")
    subject = telling.text(value, "subject")
    if not subject:
        what = "service" if kind in reading.DEPLOYED else "incident"
        raise Unreadable(f"{kind} has no subject", f"Name the {what} as its subject.")
    about = telling.mapping(value.get("service"))
    said = dict(data)
    if about.get("name"):
        said.setdefault("service", str(about["name"]))
    environment = telling.text(value, "environment")
    line = reading.line_of(
        uid=uid,
        kind=kind,
        subject=subject,
        environment=environment,
        occurred_at=at,
        supersedes=telling.text(value, "supersedes"),
        data=said,
    )
    return Heard(
        identity,
        at,
        line=line,
        context=uid,
        commits=None if kind == reading.ROLLED_BACK else telling.commits_told(said.get("commits")),
        team=telling.text(about, "team") or telling.text(said, "team", "owner"),
        system=telling.text(said, "system"),
        environment=line.environment,
    )


def change_of(kind: str, subject: str, at: Any, data: Mapping[str, Any]) -> ChangeTold:
    """What an event says of a change: the instant of its own, and whatever else it carries."""
    author = telling.found(data, ("author", "user", "authorName"))
    commits = telling.commits_told(data.get("commits")) or ()
    shas = (telling.text(data, *telling.COMMIT), *(one.sha for one in commits))
    return ChangeTold(
        ref=Ref(subject or telling.text(data, "number", "change"), telling.text(data, "repository", "repo")),
        created_at=at if kind == "change.created" else telling.instant(telling.found(data, ("createdAt", "openedAt"))),
        reviewed_at=at
        if kind == "change.reviewed"
        else telling.instant(telling.found(data, ("reviewedAt", "firstReviewAt"))),
        merged_at=at if kind == "change.merged" else telling.instant(telling.found(data, ("mergedAt",))),
        first_at=telling.instant(telling.found(data, telling.FIRST)),
        title=telling.text(data, "title", "subject").partition("\n")[0],
        body=telling.text(data, "body", "description"),
        author=telling.as_text(author) or (telling.text(author, "login") if isinstance(author, Mapping) else ""),
        labels=telling.texts(data.get("labels") or ()),
        shas=tuple(one for one in shas if one),
        commits=commits,
    )
