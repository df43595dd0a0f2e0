"""The status page as readers get it: nothing in these values is internal unless it says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.reliability.incidents.status.rules import Day


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A component under its public name. `uptime` is None where nothing was measured in these days."""

    uid: str
    name: str
    description: str
    state: str
    days: tuple[Day, ...]
    uptime: float | None
    unknown_days: int


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """What everybody was told."""

    at: datetime
    stage: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """A published incident under its public title; `id` tells nothing of the internal one."""

    id: str
    title: str
    stage: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    resolved_at: datetime | None
    components: tuple[str, ...]
    updates: tuple[PublicUpdate, ...]


@dataclass(frozen=True, slots=True)
class MaintenanceView:
    """Planned work."""

    uid: str
    title: str
    text: str
    components: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    running: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The whole page at an instant."""

    organization: str
    as_of: datetime
    state: str
    components: tuple[ComponentView, ...]
    going_on: tuple[PublicIncident, ...]
    past: tuple[PublicIncident, ...]
    maintenance: tuple[MaintenanceView, ...]


@dataclass(frozen=True, slots=True)
class ListedComponent:
    """A component for those who keep the page: with the service behind its public name."""

    uid: str
    service_uid: str
    service: str
    name: str
    description: str
    position: int
