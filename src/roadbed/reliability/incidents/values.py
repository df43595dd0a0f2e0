"""Incidents as readers get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roadbed.reliability.incidents.rules.suspects import Suspect
from roadbed.reliability.incidents.rules.timeline import Entry


@dataclass(frozen=True, slots=True)
class RoleView:
    """Who does what in it."""

    role: str
    title: str
    person_uid: str
    person: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident. `started_at` is when customers began to be harmed, `detected_at` when anybody knew."""

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
    roles: tuple[RoleView, ...]
    alerts: tuple[Mapping[str, str], ...]
    cause_deployment: str
    opened_by: str

    @property
    def lead(self) -> str:
        return next((role.person for role in self.roles if role.role == "lead"), "")


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident with its suspects and its timeline, read from the ledger now."""

    view: IncidentView
    suspects: tuple[Suspect, ...]
    timeline: tuple[Entry, ...]
    acknowledged_at: datetime | None
