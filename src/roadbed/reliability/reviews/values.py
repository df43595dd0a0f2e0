"""Reviews as readers get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FactorView:
    """A factor, and the actions that work on it. `leads_to` are keys of factors, and `harm`."""

    key: str
    text: str
    kind: str
    kind_word: str
    evidence: str
    actions: tuple[str, ...]
    role: str = "contributed"
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action; `closed_at` is None while it is open."""

    uid: str
    key: str
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
    review: str = ""
    closing_kind: str = ""
    closing_shown: str = ""
    handed_at: datetime | None = None
    handed_by_uid: str = ""
    handed_by: str = ""
    sent_back: str = ""

    @property
    def waits(self) -> bool:
        """Whether its evidence waits to be looked at a second time."""
        return self.closed_at is None and self.handed_at is not None


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """A risk that is accepted until a day."""

    uid: str
    reason: str
    signed_by: str
    signed_at: datetime
    expires_on: date
    review: str = ""


@dataclass(frozen=True, slots=True)
class RecurrenceView:
    """Whether it happened again; `again` are incidents by name and title with what they share."""

    review: str
    title: str
    service: str
    verdict: str
    verdict_word: str
    looked_at: datetime | None
    until: datetime
    factors: int
    fingerprints: int
    service_again: int
    unnamed: int
    again: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as lists show it. `name` is its incident's."""

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


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A whole review. `missing` says what stands between it and its publication."""

    view: ReviewView
    incident_uid: str
    environment: str
    detected_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime
    lead: str
    budget: tuple[Mapping[str, Any], ...]
    timeline: tuple[Mapping[str, Any], ...]
    sections: Mapping[str, str]
    factors: tuple[FactorView, ...]
    actions: tuple[ActionView, ...]
    missing: tuple[str, ...]
    version: int
    drafted_at: datetime
    published_by: str
    acceptances: tuple[AcceptanceView, ...] = ()
    fingerprints: tuple[str, ...] = ()
