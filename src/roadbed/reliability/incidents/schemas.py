"""What the API of incidents takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

Short = Annotated[str, Field(max_length=200)]


class OpenIn(Schema):
    """An incident that somebody saw. Without `started_at`, harm began now."""

    service: Annotated[str, Field(max_length=130)]
    title: Short
    severity: int = 2
    environment: Annotated[str, Field(max_length=40)] = "production"
    started_at: Instant | None = None


class NoteIn(Schema):
    """A note for the timeline."""

    text: Annotated[str, Field(max_length=4000)]


class ChangeIn(Schema):
    """What is said better; what is left out stays."""

    title: Short | None = None
    severity: int | None = None
    started_at: Instant | None = None


class RoleIn(Schema):
    """Who takes a role: a mail address, uid or name; empty takes it away."""

    role: Annotated[str, Field(max_length=40)]
    person: Short = ""


class MitigateIn(Schema):
    """When customers were no longer harmed; left out, that is now."""

    at: Instant | None = None


class ResolveIn(Schema):
    """How it ended. Without `cause_deployment` the first suspect stays; an empty one says that no deployment did it."""

    summary: Annotated[str, Field(max_length=4000)] = ""
    cause_deployment: Annotated[str, Field(max_length=64)] | None = None


class RollBackIn(Schema):
    """Why, for the timeline."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class RollBackOut(Schema):
    """The rollback that runs now."""

    deployment: str


class RoleOut(Schema):
    """Who does what."""

    role: str
    title: str
    person_uid: str
    person: str


class IncidentOut(Schema):
    """An incident. `started_at` is when customers began to be harmed, `detected_at` when anybody knew."""

    uid: str
    number: int
    name: str
    title: str
    service_uid: str
    service: str
    owner: str
    environment: str
    severity: int
    status: str
    started_at: datetime
    detected_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None
    roles: list[RoleOut]
    alerts: list[dict[str, Any]]
    cause_deployment: str
    opened_by: str


class SuspectOut(Schema):
    """A change near the beginning, with what speaks for it and what undoes it (rollback, flag, or nothing)."""

    kind: str
    fact: str
    what: str
    title: str
    at: datetime
    by: str
    seconds_before: float
    evidence: list[str]
    undo: str
    undone_at: datetime | None
    deployment: str
    former: str


class EntryOut(Schema):
    """A line of the timeline, with the fact that it rests on."""

    at: datetime
    known_at: datetime
    kind: str
    group: str
    title: str
    detail: str
    fact: str
    deployment: str
    times: int
    suspect: bool


class IncidentDetail(IncidentOut):
    """With its suspects, nearest first, and its timeline, newest first."""

    suspects: list[SuspectOut]
    timeline: list[EntryOut]
    acknowledged_at: datetime | None


class IncidentList(Schema):
    """Some incidents, newest first."""

    items: list[IncidentOut]
    next_cursor: str | None
