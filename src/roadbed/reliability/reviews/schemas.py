"""What the API of reviews takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

Line = Annotated[str, Field(max_length=500)]


class DraftIn(Schema):
    """The uid of a resolved incident, for one that was resolved while nobody drafted."""

    incident_uid: Annotated[str, Field(max_length=32)]


class SectionsIn(Schema):
    """Sections by name; the others stay. With `version`, only while the review still has it."""

    sections: dict[str, str]
    version: int | None = None


class EntryIn(Schema):
    """An entry of the timeline: `then` was known at the time, `later` was learned since and names its evidence."""

    at: Instant
    text: Line
    known: str = "later"
    evidence: Line = ""


class MoveIn(Schema):
    """The side of an entry, with the evidence for it."""

    known: str
    evidence: Line


class FactorIn(Schema):
    """A factor: `role` is contributed, limited or luck, only the first needs a `kind`; `leads_to` is a key or harm."""

    text: Line
    kind: Annotated[str, Field(max_length=20)] = ""
    evidence: Line = ""
    role: Annotated[str, Field(max_length=12)] = "contributed"
    leads_to: Annotated[str, Field(max_length=8)] = ""


class RewordIn(Schema):
    """A factor's words anew; what is left out stays."""

    text: Line = ""
    kind: Annotated[str, Field(max_length=20)] = ""
    evidence: Line | None = None


class FactorLinkIn(Schema):
    """One factor contributed to another, by their keys; `effect` may be `harm`."""

    cause: Annotated[str, Field(max_length=8)]
    effect: Annotated[str, Field(max_length=8)]


class LookIn(Schema):
    """Whether the evidence shows that it is done; why not, where it does not."""

    agrees: bool
    why: Line = ""


class AcceptIn(Schema):
    """Why the risk is borne, and the last day on which it is."""

    reason: Line
    expires_on: date


class RewriteIn(Schema):
    """The sentence to replace, and where it stands: a section, or a factor's key."""

    where: Annotated[str, Field(max_length=20)]
    sentence: Annotated[str, Field(max_length=2000)]


class RewriteOut(Schema):
    """What stands there now."""

    where: str
    text: str


class ActionIn(Schema):
    """An action: what will be different, on which factor, by which lever, whose, until when, and what will show it."""

    text: Line
    factor: str
    lever: str
    owner: Line
    due: date
    evidence: Line


class CloseIn(Schema):
    """What shows that it is done: an address, or `deployment:`, `fact:` or `objective:` with a reference."""

    evidence: Line


class FactorOut(Schema):
    """A factor, and the actions that work on it."""

    key: str
    text: str
    kind: str
    kind_word: str
    evidence: str
    actions: list[str]
    role: str
    leads_to: list[str]


class ActionOut(Schema):
    """An action; open while `closed_at` is null, and `waits` while its evidence is looked at a second time."""

    uid: str
    key: str
    review: str
    text: str
    factor: str
    lever: str
    lever_word: str
    owner_uid: str
    owner: str
    due: date
    evidence: str
    closed_at: datetime | None
    closed_by: str
    closing_evidence: str
    closing_kind: str
    closing_shown: str
    handed_at: datetime | None
    handed_by: str
    sent_back: str
    waits: bool


class AcceptanceOut(Schema):
    """A risk that is accepted until a day."""

    uid: str
    reason: str
    signed_by: str
    signed_at: datetime
    expires_on: date
    review: str


class SpentOut(Schema):
    """What one objective spent; a null share is unknown, not zero."""

    objective_uid: str
    title: str
    bad: int
    total: int
    share: float | None
    bad_minutes: int
    measured_minutes: int


class ReviewOut(Schema):
    """A review; `name` is its incident's."""

    uid: str
    name: str
    number: int
    title: str
    service_uid: str
    service: str
    owner: str
    severity: int
    state: str
    started_at: datetime
    ended_at: datetime
    impact_minutes: int
    due: date
    published_at: datetime | None
    actions_count: int
    actions_open: int


class ReviewDetail(ReviewOut):
    """A whole review, and what stands between it and its publication."""

    incident_uid: str
    environment: str
    detected_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime
    lead: str
    budget: list[SpentOut]
    timeline: list[dict[str, Any]]
    sections: dict[str, str]
    factors: list[FactorOut]
    actions: list[ActionOut]
    missing: list[str]
    version: int
    drafted_at: datetime
    published_by: str
    acceptances: list[AcceptanceOut]


class ReviewList(Schema):
    """Some reviews, the newest incident first."""

    items: list[ReviewOut]
    next_cursor: str | None


class HintOut(Schema):
    """Something that could be written better; `where` is a section, or the key of a factor or an action."""

    where: str
    kind: str
    text: str
    words: str
    hint: str
    rewrite: str
