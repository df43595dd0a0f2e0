"""What paging's queries answer: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonOnCall:
    """Somebody of a rotation, and how many ways lead to them."""

    uid: str
    name: str
    email: str
    channels: int
    verified: int


@dataclass(frozen=True, slots=True)
class RotationView:
    """A team's rotation or schedule: everybody from who is on call now on, and when the next hand-over is.

    Attributes:
        kind: `weekly`, or `schedule` for one from a file; only a weekly one has `weekday` and `at`.
        layer: who decides now: a layer's name, or `override`.
        nobody_now: whether nobody is on call; the first of `people` is the next one then.
    """

    people: tuple[PersonOnCall, ...]
    weekday: str
    at: str
    zone: str
    step_seconds: int
    version: int
    changed_at: datetime
    since: datetime | None
    until: datetime | None
    kind: str = "weekly"
    layer: str = ""
    nobody_now: bool = False


@dataclass(frozen=True, slots=True)
class TeamOnCall:
    """Who of a team is paged first. Without a rotation that is everybody in it; `own_steps`: it has a policy."""

    team: str
    title: str
    members: tuple[PersonOnCall, ...]
    rotation: RotationView | None
    paged_at: datetime | None
    own_steps: bool = False

    @property
    def first(self) -> PersonOnCall | None:
        found = self.rotation
        return found.people[0] if found and found.people and not found.nobody_now else None

    @property
    def second(self) -> PersonOnCall | None:
        found = self.rotation
        place = 0 if found and found.nobody_now else 1
        return found.people[place] if found and len(found.people) > place else None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A way to a person."""

    uid: str
    person: str
    email: str
    kind: str
    address: str
    verified_at: datetime | None
    delivered_at: datetime | None
    problem: str
    created_at: datetime
    server: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One line of an alert's delivery log."""

    uid: str
    person: str
    channel: str
    address: str
    cycle: int
    step: str
    attempt: int
    tries: int
    state: str
    due_at: datetime
    ended_at: datetime | None
    provider_id: str
    error: str
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as lists show it.

    While somebody has it, `again_at` is when it is paged again, if ever; `snoozed_by` who chose that, empty where the
    acknowledgement runs out.
    """

    uid: str
    service_uid: str
    service: str
    environment: str
    what: str
    objective_uid: str
    title: str
    severity: int
    team: str
    by: str
    state: str
    step: str
    cycle: int
    next_step_at: datetime | None
    next_people: tuple[str, ...]
    paged: tuple[str, ...]
    started_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    closed_for: str
    why: tuple[str, ...]
    figures: Mapping[str, Any]
    holder_uid: str = ""
    again_at: datetime | None = None
    snoozed_by: str = ""


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with everything that was done to reach somebody."""

    alert: AlertView
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """What stands behind the link of one recipient."""

    alert: AlertView
    person: str
    person_uid: str
    reason: str
    paged_at: datetime
    acknowledged_by_them: bool
