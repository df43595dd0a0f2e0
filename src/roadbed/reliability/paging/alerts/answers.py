"""What queries about alerts answer: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class IntegrationView:
    """A door for a monitoring system.

    Attributes:
        address: where its messages go; `KEY` stands for the key, which nobody can show again.
        hint: the first characters of the key.
        silent_since: since when nothing came although something should have; None while it speaks.
        unreadable, waiting: deliveries in the inbox.
        confirm_url: where a subscription of Amazon SNS is confirmed, empty where none waits.
    """

    uid: str
    name: str
    kind: str
    title: str
    team: str
    service: str
    address: str
    setting: str
    hint: str
    pages_at: int
    quiet_seconds: int | None
    silent_seconds: int | None
    mapping: Mapping[str, Any]
    signed: bool
    confirm_url: str
    confirm_topic: str
    last_seen_at: datetime | None
    silent_since: datetime | None
    both_open_until: datetime | None
    open: int
    unreadable: int
    waiting: int
    created_at: datetime
    created_by: str
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignalView:
    """An alert of another system. `held_for` is why it waits, while it does."""

    uid: str
    integration: str
    key: str
    title: str
    severity: int
    service: str
    service_uid: str
    environment: str
    team: str
    state: str
    stance: str
    held_for: str
    page: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    link: str
    began_at: datetime | None
    first_at: datetime
    last_at: datetime
    times: int
    resolved_at: datetime | None
    resolved_by: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was decided, why, and who was on call."""

    at: datetime
    outcome: str
    title: str
    service: str
    team: str
    signal: str
    page: str
    reasons: tuple[str, ...]
    on_call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SilenceView:
    """A silence or maintenance window; `state` is active, coming, over or ended."""

    uid: str
    matchers: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    rrule: str
    zone: str
    words: str
    reason: str
    by: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str
    state: str
    next_from: datetime | None
    next_until: datetime | None
    holds: int


@dataclass(frozen=True, slots=True)
class HitView:
    """What matchers hit."""

    open: tuple[SignalView, ...]
    open_count: int
    past_count: int | None
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyEntry:
    """One page or decision near an instant, and why it reached somebody or did not."""

    at: datetime
    outcome: str
    title: str
    service: str
    team: str
    page: str
    signal: str
    reasons: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class WhyView:
    """Why a person was paged or not around an instant. Teams are those of today; they have no history."""

    person: str
    at: datetime
    since: datetime
    until: datetime
    on_call_for: tuple[str, ...]
    channels: int
    entries: tuple[WhyEntry, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class PageWhy:
    """Everything that was decided about one page, the alerts in it, and who was reached."""

    page: str
    title: str
    team: str
    decisions: tuple[DecisionView, ...]
    signals: tuple[SignalView, ...]
    signal_count: int
    people: tuple[WhyEntry, ...]
