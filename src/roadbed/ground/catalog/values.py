"""What the catalogue's queries answer: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One fault of a location's file, since when it is there."""

    location: str
    path: str
    line: int | None
    field: str
    message: str
    remedy: str
    since: datetime


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity as lists show it."""

    id: int
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
    tags: tuple[str, ...]
    orphaned: bool


@dataclass(frozen=True, slots=True)
class RelationView:
    """One relation from this entity's end. `uid` is None where the other end is not registered."""

    type: str
    ref: str
    uid: str | None
    name: str


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity with everything that is known of it."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    title: str
    owner: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    relations: tuple[RelationView, ...]
    location: str
    path: str
    line: int
    digest: str
    registered_at: datetime
    changed_at: datetime
    orphaned_at: datetime | None
    errors: tuple[ErrorView, ...]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service: a Component, its one owning team, and where it is described."""

    uid: str
    name: str
    title: str
    description: str
    owner: str
    owner_uid: str
    lifecycle: str
    type: str
    system: str
    tier: str
    annotations: Mapping[str, str]
    links: tuple[Mapping[str, str], ...]
    location: str
    entity_path: str
    registered_at: datetime
    errors: tuple[ErrorView, ...] = ()
    namespace: str = "default"
    tags: tuple[str, ...] = ()
    orphaned_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngagementView:
    """An SRE team's engagement on a service. `ended_on` is its last day, None while it is open."""

    uid: str
    service_uid: str
    service: str
    team: str
    team_uid: str
    started_on: date
    ended_on: date | None
    entry_review: str
    objectives: tuple[str, ...] = field(default_factory=tuple)
    hand_back: tuple[str, ...] = field(default_factory=tuple)
    end_reason: str = ""
    kind: str = "full"
    owner_hours: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accountable:
    """Who answers for a service on a day: by engagement where there is one, else as its owner."""

    team: str
    team_uid: str
    by: str


@dataclass(frozen=True, slots=True)
class LocationView:
    """A file that entities are read from."""

    uid: str
    location: str
    path: str
    commit: str
    active: bool
    checked_at: datetime | None
    next_check_at: datetime
    failures: int
