"""Incidents as readers get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    stage: str = "investigating"
    ended_at: datetime | None = None
    acknowledged_at: datetime | None = None
    times: Mapping[str, Any] = field(default_factory=dict)
    further: tuple[AffectedView, ...] = ()
    source: str = ""
    source_url: str = ""
    version: int = 1
    private: bool = False
    public: bool = False
    public_title: str = ""
    next_update_at: datetime | None = None
    merged_into: str = ""
    room: Mapping[str, str] = field(default_factory=dict)

    @property
    def harm_ended_at(self) -> datetime | None:
        """When customers were no longer harmed; None while they are, or nobody knows."""
        return self.ended_at or self.mitigated_at or self.resolved_at

    @property
    def services(self) -> tuple[str, ...]:
        """Names of all services that it harms, where it was seen first before the others."""
        return (self.service, *(one.service for one in self.further))

    @property
    def lead(self) -> str:
        return next((role.person for role in self.roles if role.role == "lead"), "")


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident with its suspects and its timeline, read from the ledger now.

    Attributes:
        none_of_these: how likely no suspect was the cause; None once one was confirmed.
        hidden: lines of the timeline that somebody hid, with the reason.
        unfilled: roles that nobody holds, with what they are for.
        handover: the last notes of a hand-over, None where none was written.
    """

    view: IncidentView
    suspects: tuple[Suspect, ...]
    timeline: tuple[Entry, ...]
    acknowledged_at: datetime | None
    hidden: tuple[Entry, ...] = ()
    tasks: tuple[TaskView, ...] = ()
    updates: tuple[UpdateView, ...] = ()
    participants: tuple[ParticipantView, ...] = ()
    unfilled: tuple[DutyView, ...] = ()
    handover: HandoverView | None = None
    merged: tuple[str, ...] = ()
    draft: str = ""
    none_of_these: float | None = None


@dataclass(frozen=True, slots=True)
class AffectedView:
    """A further service that is harmed."""

    service_uid: str
    service: str
    owner: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A piece of work inside an incident. `late` where it is past due and not done."""

    number: int
    text: str
    owner: str
    due_at: datetime | None
    done_at: datetime | None
    done_by: str
    late: bool


@dataclass(frozen=True, slots=True)
class UpdateView:
    """What stakeholders were told."""

    uid: str
    text: str
    stage: str
    public: bool
    posted_at: datetime
    posted_by: str


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """Who takes part, and whether updates are mailed to them."""

    person_uid: str
    name: str
    follows: bool


@dataclass(frozen=True, slots=True)
class DutyView:
    """A role that nobody holds, and what it is for."""

    role: str
    title: str
    duty: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """The notes of a hand-over; what was not said is empty."""

    role: str
    at: datetime
    by: str
    text: str
    known: str
    tried: str
    following: str
    informed: str
