"""What the gate's API takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

ENVIRONMENT = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
COMMIT = r"^[0-9A-Za-z._/-]*$"
PLAIN = r"^[^\x00]*$"
Kind = Literal["", "feature", "fix", "reliability", "security", "config", "maintenance", "rollback"]
Name = Annotated[str, Field(description="The service's name or uid.", min_length=1, max_length=130, pattern=PLAIN)]
Environment = Annotated[str, Field(pattern=ENVIRONMENT)]
Commit = Annotated[str, Field(max_length=64, pattern=COMMIT)]
Text = Annotated[str, Field(max_length=4000, pattern=PLAIN)]
Word = Annotated[str, Field(max_length=400, pattern=PLAIN)]


class CommitIn(Schema):
    """One commit, or a pull request, in words."""

    title: Text
    body: Annotated[str, Field(max_length=20000, pattern=PLAIN)] = ""


class CheckIn(Schema):
    """The change that one asks about."""

    service: Name
    environment: Environment = "production"
    kind: Annotated[Kind, Field(description="What it is declared to be; empty takes the derived kind.")] = ""
    commit: Commit = ""
    changes: Annotated[
        list[CommitIn], Field(description="What goes out, for the kind to be derived from.", max_length=200)
    ] = []
    labels: Annotated[list[Word], Field(max_length=50)] = []
    branch: Word = ""
    paths: Annotated[list[Word], Field(description="The files that differ.", max_length=2000)] = []
    author_is_bot: bool = False


class MeasureIn(Schema):
    """The same question in an address."""

    service: Name
    environment: Environment = "production"
    kind: Kind = ""
    commit: Commit = ""


class ReasonOut(Schema):
    """One rule's answer, with the figures it rests on and what would clear it."""

    rule: str
    outcome: str
    text: str
    figures: dict[str, Any]
    as_of: datetime | None
    clears: str


class OverriddenOut(Schema):
    """Whose word lets a refused change out."""

    uid: str
    person: str
    reason: str
    expires_at: datetime


class VerdictOut(Schema):
    """The answer of all gates together.

    `exit_code` is what `roadbed gate check` exits with. `value` is 1 to pass, 0 refused, and 0.5 where nobody can
    tell and the service's policy refuses that: an analysis reads it as inconclusive.
    """

    decision: str
    service: str
    environment: str
    kind: str
    declared_kind: str
    derived_kind: str
    confidence: float | None
    evidence: list[str]
    disagrees: bool
    commit: str
    outcome: Literal["allow", "warn", "deny", "unknown"]
    passes: bool
    value: float
    overridden: OverriddenOut | None
    exit_code: int
    asked_at: datetime
    reasons: list[ReasonOut]


class FlaggerIn(Schema):
    """What Flagger posts to a `confirm-*` webhook; its metadata names what the gate needs."""

    name: Annotated[str, Field(max_length=253, pattern=PLAIN)]
    namespace: Annotated[str, Field(max_length=253, pattern=PLAIN)] = ""
    phase: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    checksum: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    metadata: dict[str, Text] | None = None


class DecisionOut(Schema):
    """One answer of the gate, as it was given then."""

    uid: str
    service: str
    environment: str
    kind: str
    declared_kind: str
    derived_kind: str
    commit: str
    outcome: str
    passes: bool
    asked_at: datetime
    asked_by: str
    data: dict[str, Any]


class DecisionPage(Schema):
    """Some decisions, newest first."""

    items: list[DecisionOut]
    next_cursor: str | None


class OverrideIn(Schema):
    """Why a refused commit goes out now, and for how long."""

    service: Name
    commit: Commit
    reason: Annotated[str, Field(description="20 to 1000 characters, for everybody to read.", pattern=PLAIN)]
    hours: Annotated[float, Field(description="More than 0, at most 4.", allow_inf_nan=False, ge=-1e6, le=1e6)] = 1.0
    environment: Environment = "production"
    decision: Annotated[str, Field(max_length=32, pattern=COMMIT)] = ""


class OverrideOut(Schema):
    """One override; `used` counts the answers that it changed."""

    uid: str
    service: str
    environment: str
    commit: str
    reason: str
    person: str
    created_at: datetime
    expires_at: datetime
    used: int


class OverrideList(Schema):
    """Overrides, newest first."""

    items: list[OverrideOut]


class ConfirmIn(Schema):
    """Which declared kind a second person confirms."""

    service: Name
    commit: Annotated[str, Field(min_length=1, max_length=64, pattern=COMMIT)]
    kind: Kind


class DisputeOut(Schema):
    """A declared kind that waits for a second person."""

    service: str
    commit: str
    declared: str
    derived: str
    evidence: list[str]
    declared_by: str
    declared_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None


class DisputeList(Schema):
    """Declarations that wait, newest first."""

    items: list[DisputeOut]


class UnreachedIn(Schema):
    """One change that went out without an answer, as the machine that let it out kept it."""

    id: Annotated[str, Field(description="Its own; telling it twice changes nothing.", pattern=r"^[0-9a-f]{32}$")]
    at: Instant
    service: Name
    environment: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    kind: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    commit: Annotated[str, Field(max_length=64, pattern=PLAIN)] = ""
    why: Word = ""


class UnreachedReport(Schema):
    """Some of them."""

    uses: Annotated[list[UnreachedIn], Field(max_length=100)]


class UnreachedKept(Schema):
    """How many were not on record yet."""

    recorded: int


class UnreachedOut(Schema):
    """A change that went out without an answer; `reported_at` is when this was heard of."""

    service: str
    environment: str
    kind: str
    commit: str
    why: str
    at: datetime
    reported_at: datetime
    reported_by: str


class UnreachedList(Schema):
    """Changes that went out without an answer, newest first."""

    items: list[UnreachedOut]


class GateCountsOut(Schema):
    """What the gate was asked in 90 days."""

    since: datetime
    asked: int
    refused: int
    overrides: int
    disputed: int
    confirmed: int
