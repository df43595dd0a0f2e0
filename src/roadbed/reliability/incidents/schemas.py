"""What the API of incidents takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

Short = Annotated[str, Field(max_length=200)]
Version = Annotated[int | None, Field(description="The version this was made from; another one is refused with 409.")]


class OpenIn(Schema):
    """An incident that somebody saw. Without `started_at`, harm began now."""

    service: Annotated[str, Field(max_length=130)]
    title: Short
    severity: int = 2
    environment: Annotated[str, Field(max_length=40)] = "production"
    started_at: Instant | None = None
    further: Annotated[list[Annotated[str, Field(max_length=130)]], Field(max_length=50)] = Field(
        default_factory=list, description="Further services that are harmed."
    )
    private: bool = False


class NoteIn(Schema):
    """A note for the timeline."""

    text: Annotated[str, Field(max_length=4000)]


class ChangeIn(Schema):
    """What is said better; what is left out stays."""

    title: Short | None = None
    severity: int | None = None
    started_at: Instant | None = None
    services: Annotated[list[Annotated[str, Field(max_length=130)]], Field(max_length=50)] | None = Field(
        None, description="All further services; those left out are harmed no longer."
    )
    version: Version = None


class RoleIn(Schema):
    """Who takes a role: a mail address, uid or name; empty takes it away."""

    role: Annotated[str, Field(max_length=40)]
    person: Short = ""
    version: Version = None


class MitigateIn(Schema):
    """When customers were no longer harmed; left out, that is now."""

    at: Instant | None = None
    version: Version = None


class ResolveIn(Schema):
    """How it ended. Without `cause_deployment` the first suspect stays; an empty one says that no deployment did it."""

    summary: Annotated[str, Field(max_length=4000)] = ""
    cause_deployment: Annotated[str, Field(max_length=64)] | None = None
    version: Version = None


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


class AffectedOut(Schema):
    """A further service that is harmed."""

    service_uid: str
    service: str
    owner: str


class IncidentOut(Schema):
    """An incident. `status` is what customers feel, `stage` what people do.

    `started_at` is when customers began to be harmed, `detected_at` when anybody knew.
    """

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
    stage: str
    ended_at: datetime | None
    acknowledged_at: datetime | None
    further: list[AffectedOut]
    source: str
    source_url: str
    version: int
    private: bool
    public: bool
    public_title: str
    next_update_at: datetime | None
    merged_into: str


class SuspectReasonOut(Schema):
    """One piece of evidence; its weight is the logarithm of odds, above 0 for the change and below against it."""

    words: str
    weight: float


class SuspectOut(Schema):
    """A change near the beginning, with what speaks for it and what undoes it (rollback, flag, or nothing).

    `share` is how likely it was the cause, among all suspects and none of them; null once somebody confirmed one.
    """

    kind: str
    fact: str
    what: str
    title: str
    at: datetime
    by: str
    seconds_before: float
    evidence: list[str]
    reasons: list[SuspectReasonOut]
    share: float | None
    undo: str
    undone_at: datetime | None
    deployment: str
    former: str
    service: str
    verdict: str
    said: str


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
    service: str
    pinned: bool
    hidden: str


class IncidentTaskOut(Schema):
    """A piece of work inside an incident."""

    number: int
    text: str
    owner: str
    due_at: datetime | None
    done_at: datetime | None
    done_by: str
    late: bool


class IncidentUpdateOut(Schema):
    """What stakeholders were told."""

    uid: str
    text: str
    stage: str
    public: bool
    posted_at: datetime
    posted_by: str


class ParticipantOut(Schema):
    """Who takes part, and whether updates are mailed to them."""

    person_uid: str
    name: str
    follows: bool


class DutyOut(Schema):
    """A role that nobody holds."""

    role: str
    title: str
    duty: str


class HandoverOut(Schema):
    """The notes of the last hand-over."""

    role: str
    at: datetime
    by: str
    text: str
    known: str
    tried: str
    following: str
    informed: str


class BudgetOut(Schema):
    """What an objective spent by this. `share` of the window's budget is null where it is unknown."""

    service: str
    objective_uid: str
    title: str
    bad: int
    total: int
    share: float | None
    bad_minutes: int
    measured_minutes: int


class IncidentDetail(IncidentOut):
    """With its suspects, the likeliest first, and its timeline, newest first.

    `none_of_these` is how likely no suspect was the cause, null once one was confirmed. `budget` is counted over the
    harm as of `budget_as_of`, null where no room counts it; `draft` is the next update's.
    """

    suspects: list[SuspectOut]
    none_of_these: float | None
    timeline: list[EntryOut]
    hidden: list[EntryOut]
    tasks: list[IncidentTaskOut]
    updates: list[IncidentUpdateOut]
    participants: list[ParticipantOut]
    unfilled: list[DutyOut]
    handover: HandoverOut | None
    merged: list[str]
    draft: str
    times: dict[str, Any]
    budget: list[BudgetOut] | None
    budget_as_of: datetime
    room: dict[str, Any]


class IncidentList(Schema):
    """Some incidents, newest first."""

    items: list[IncidentOut]
    next_cursor: str | None
