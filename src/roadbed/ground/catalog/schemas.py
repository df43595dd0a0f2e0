"""What the catalogue's API takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

Line = Annotated[str, Field(min_length=1, max_length=1000)]


class ErrorOut(Schema):
    """One fault of a registered file."""

    location: str
    path: str
    line: int | None
    field: str
    message: str
    remedy: str
    since: datetime


class EntityRowOut(Schema):
    """An entity as lists show it."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    title: str
    description: str
    type: str
    lifecycle: str
    owner: str
    system: str
    tier: str
    tags: list[str]
    orphaned: bool


class EntityPage(Schema):
    """Entities, and where the next ones begin."""

    items: list[EntityRowOut]
    next_cursor: str | None


class RelationOut(Schema):
    """A relation; `uid` is null where the other end is not registered."""

    type: str
    ref: str
    uid: str | None
    name: str


class EntityOut(Schema):
    """An entity with everything that is known of it."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    title: str
    owner: str
    metadata: dict[str, Any]
    spec: dict[str, Any]
    relations: list[RelationOut]
    location: str
    path: str
    line: int
    digest: str
    registered_at: datetime
    changed_at: datetime
    orphaned_at: datetime | None
    errors: list[ErrorOut]


class ServiceOut(Schema):
    """A service with its one owning team."""

    uid: str
    name: str
    namespace: str
    title: str
    description: str
    owner: str
    owner_uid: str
    lifecycle: str
    type: str
    system: str
    tier: str
    tags: list[str]
    annotations: dict[str, str]
    links: list[dict[str, Any]]
    location: str
    entity_path: str
    registered_at: datetime
    orphaned_at: datetime | None
    errors: list[ErrorOut]


class ServicePage(Schema):
    """Services, and where the next ones begin."""

    items: list[ServiceOut]
    next_cursor: str | None


class RegisterIn(Schema):
    """A file to register: read from the repository at HEAD, unless its text is given."""

    location: Annotated[str, Field(description="The repository's path or URL.", min_length=1, max_length=500)]
    path: Annotated[str, Field(description="The file's path in it.", min_length=1, max_length=300)] = (
        "catalog-info.yaml"
    )
    text: Annotated[str | None, Field(description="The file's text, when it is not committed yet.")] = None


class RegisteredOut(Schema):
    """One entity as it now stands: created, changed, renamed, moved or unchanged."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    change: str


class RegistrationOut(Schema):
    """What registering a file came to."""

    entities: list[RegisteredOut]
    location_uid: str


class RefreshIn(Schema):
    """A registered file to read again now."""

    location: Annotated[str, Field(min_length=1, max_length=500)]
    path: Annotated[str, Field(min_length=1, max_length=300)] = "catalog-info.yaml"


class RefreshedOut(Schema):
    """What reading it again came to; its faults are problem documents."""

    location: str
    path: str
    changed: bool
    errors: list[dict[str, Any]]


class LocationOut(Schema):
    """A file that entities are read from."""

    uid: str
    location: str
    path: str
    commit: str
    active: bool
    checked_at: datetime | None
    next_check_at: datetime
    failures: int


class EngagementOut(Schema):
    """An SRE team's engagement on a service; `ended_on` is its last day."""

    uid: str
    service_uid: str
    service: str
    team: str
    team_uid: str
    started_on: date
    ended_on: date | None
    entry_review: str
    objectives: list[str]
    hand_back: list[str]
    end_reason: str
    kind: str
    owner_hours: dict[str, Any]


class EngagementIn(Schema):
    """What makes an engagement: a team, a day, a review, objectives, and when the service is handed back."""

    team: Annotated[str, Field(min_length=1, max_length=63)]
    started_on: Annotated[date | None, Field(description="Its first day; today when left out.")] = None
    entry_review: Annotated[str, Field(description="What was reviewed, or where that is written.", max_length=5000)]
    objectives: Annotated[list[Line], Field(max_length=50)]
    hand_back: Annotated[list[Line], Field(max_length=50)]
    kind: Annotated[
        Literal["full", "shared", "consult"],
        Field(description="Whether its team is paged: always, outside the owner's hours, or never."),
    ] = "full"
    owner_hours: Annotated[
        str, Field(description="Of a shared one, when the owner is paged: Mon-Fri 08:00-18:00 UTC.", max_length=120)
    ] = ""


class EngagementEndIn(Schema):
    """When and why an engagement ends."""

    ended_on: Annotated[date | None, Field(description="Its last day; today when left out.")] = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
