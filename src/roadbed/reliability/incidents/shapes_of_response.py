"""What the API takes from responders: stages, hand-overs, tasks, updates, times, marks, verdicts, merges, splits."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant
from roadbed.reliability.incidents.schemas import Short, Version

Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=4000)]
FactUid = Annotated[str, Field(max_length=32)]
Service = Annotated[str, Field(max_length=130)]


class StageIn(Schema):
    """What is done about it now."""

    stage: Literal["triggered", "investigating", "identified", "monitoring", "resolved"]
    version: Version = None


class ReopenIn(Schema):
    """Why it is not over."""

    reason: Line = ""
    version: Version = None


class HandoverIn(Schema):
    """A role handed over with notes."""

    role: Annotated[str, Field(max_length=40)]
    to: Annotated[str, Field(max_length=200, description="A mail address, uid or name.")]
    known: Text
    tried: Text = ""
    following: Annotated[str, Field(max_length=4000, description="What comes next.")] = ""
    informed: Annotated[str, Field(max_length=4000, description="Who was told what.")] = ""
    version: Version = None


class IncidentTaskIn(Schema):
    """A piece of work."""

    text: Line
    owner: Short = ""
    due_at: Instant | None = None


class IncidentTaskChangeIn(Schema):
    """What changes of a task; what is left out stays."""

    done: bool | None = None
    owner: Short | None = None
    due_at: Instant | None = None


class UpdateIn(Schema):
    """A word to stakeholders. Without `next_at` the next one is due by the severity's rhythm."""

    text: Text
    public: bool = False
    stage: Literal["", "triggered", "investigating", "identified", "monitoring", "resolved"] = ""
    next_at: Instant | None = None
    version: Version = None


class PublishIn(Schema):
    """The title that the public reads."""

    title: Short
    version: Version = None


class PrivateIn(Schema):
    """Whether only participants and admins see it."""

    private: bool
    version: Version = None


class LetInIn(Schema):
    """Who may see a private incident: a mail address, uid or name."""

    person: Short


class FollowIn(Schema):
    """Whether its updates are mailed to the caller."""

    follows: bool = True


class TimeIn(Schema):
    """When something really was, and how one knows."""

    which: Literal["impact-started", "detected", "acknowledged", "mitigated", "impact-ended", "resolved"]
    at: Instant
    evidence: Line
    version: Version = None


class MarkIn(Schema):
    """A line of the timeline, by its fact: pinned, hidden with a reason, or, with an empty kind, as it was."""

    fact: FactUid
    kind: Literal["pinned", "hidden", ""]
    reason: Line = ""


class JudgeIn(Schema):
    """What somebody found out about a suspect, by its fact; empty takes it back."""

    fact: FactUid
    verdict: Literal["confirmed", "dismissed", ""]
    reason: Line = ""
    version: Version = None


class MergeIn(Schema):
    """Which incident it becomes part of."""

    into: Annotated[str, Field(max_length=40)]


class SplitIn(Schema):
    """What the second incident takes: services, and lines of the timeline by their facts."""

    title: Short
    services: Annotated[list[Service], Field(min_length=1, max_length=50)]
    entries: Annotated[list[FactUid], Field(max_length=200)] = Field(default_factory=list)
    severity: int | None = None
    started_at: Instant | None = None


class SeverityIn(Schema):
    """What a severity means here. Without `update_minutes` stakeholders expect no word."""

    title: Annotated[str, Field(max_length=120)]
    definition: Text = ""
    update_minutes: int | None = None


class SeverityOut(Schema):
    """A severity as the organization words it."""

    number: int
    title: str
    definition: str
    update_minutes: int | None
    holds_features: bool
