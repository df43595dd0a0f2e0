"""The shapes of alerts over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant

Kind = Literal["alertmanager", "grafana", "pagerduty", "cloudwatch", "json", "mail"]
Seconds = Annotated[int, Field(ge=0, le=2_678_400)]
Matchers = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=20)]


class IntegrationOut(Schema):
    """A door for a monitoring system; in `address` KEY stands for the key, which nobody can show again."""

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
    mapping: dict[str, Any]
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


class IntegrationOpenedOut(IntegrationOut):
    """An integration with its new key, which is in this reply alone."""

    key: str


class IntegrationsOut(Schema):
    """All integrations, open ones first."""

    items: list[IntegrationOut]


class IntegrationSettingsIn(Schema):
    """What an integration does with what comes; what is left out stays."""

    pages_at: Annotated[int | None, Field(ge=1, le=4, description="The least severity that pages.")] = None
    quiet_seconds: Annotated[
        Seconds | None,
        Field(description="An alert not repeated for so long is over; 0 for never."),
    ] = None
    silent_seconds: Annotated[
        Seconds | None, Field(description="It counts as silent after so long without a message; 0 for never.")
    ] = None
    mapping: Annotated[dict[str, Any] | None, Field(description="Of JSON: what its fields mean.")] = None
    certificate: Annotated[
        str | None,
        Field(max_length=20_000, description="Of CloudWatch: the PEM behind SigningCertURL, or nothing."),
    ] = None

    def given(self) -> dict[str, Any]:
        """What was said."""
        return {name: value for name, value in self.dict().items() if name in _SETTINGS and value is not None}


_SETTINGS = frozenset(IntegrationSettingsIn.model_fields)


class IntegrationIn(IntegrationSettingsIn):
    """A new integration, for a team or for a service."""

    kind: Kind
    name: Annotated[str, Field(min_length=1, max_length=50)]
    team: Annotated[str, Field(max_length=63)] = ""
    service: Annotated[str, Field(max_length=140)] = ""


class IntegrationRotateIn(Schema):
    """For how long the former key opens the door as well."""

    overlap_hours: Annotated[float, Field(ge=0, le=168)] = 24.0


class AlertsReplayedOut(Schema):
    """How many deliveries are read again."""

    deliveries: int


class MappingTryIn(Schema):
    """A mapping and a message to try it on; nothing is kept."""

    mapping: dict[str, Any]
    sample: Any


class MappedOut(Schema):
    """One alert as a mapping reads it."""

    key: str
    action: str
    title: str
    severity: int | None
    service: str
    labels: dict[str, str]
    started_at: datetime | None
    link: str


class MappingTriedOut(Schema):
    """The alerts of a message by a mapping."""

    alerts: list[MappedOut]


class SignalOut(Schema):
    """An alert of another system."""

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
    labels: dict[str, str]
    annotations: dict[str, str]
    link: str
    began_at: datetime | None
    first_at: datetime
    last_at: datetime
    times: int
    resolved_at: datetime | None
    resolved_by: str


class SignalList(Schema):
    """Alerts, newest first, and the cursor of the next ones."""

    items: list[SignalOut]
    next_cursor: str | None


class SignalFilters(Schema):
    """Which alerts are listed."""

    state: Annotated[str, Field(max_length=12)] = ""
    service: Annotated[str, Field(max_length=140)] = ""
    team: Annotated[str, Field(max_length=63)] = ""
    integration: Annotated[str, Field(max_length=50)] = ""
    cursor: Annotated[str, Field(max_length=2000)] = ""
    limit: int = 50


class AlertDecisionOut(Schema):
    """What was decided, why, and who was on call."""

    at: datetime
    outcome: str
    title: str
    service: str
    team: str
    signal: str
    page: str
    reasons: list[str]
    on_call: list[str]


class SignalDetailOut(Schema):
    """An alert with everything that was decided about it."""

    alert: SignalOut
    decisions: list[AlertDecisionOut]


class SilenceOut(Schema):
    """A silence, or a maintenance window where `rrule` says how it comes again."""

    uid: str
    matchers: list[str]
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


class SilencesOut(Schema):
    """Silences, newest first."""

    items: list[SilenceOut]


class SilenceIn(Schema):
    """A new silence; without `starts_at` it begins now."""

    matchers: Matchers
    starts_at: Instant | None = None
    ends_at: Instant
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    rrule: Annotated[str, Field(max_length=300, description="FREQ=WEEKLY;BYDAY=TU")] = ""
    zone: Annotated[str, Field(max_length=64, description="On whose wall clock it comes again.")] = "UTC"


class SilencePreviewIn(Schema):
    """Matchers to try."""

    matchers: Matchers


class SilenceHitOut(Schema):
    """What matchers hit: open alerts, and how many of the last seven days; null where there were too many to count."""

    open: list[SignalOut]
    open_count: int
    past_count: int | None
    pages: Annotated[list[str], Field(description="Open pages of budgets, measurements and heartbeats, by title.")]


class WhyEntryOut(Schema):
    """One page or decision, and why it reached somebody or did not."""

    at: datetime
    outcome: str
    title: str
    service: str
    team: str
    page: str
    signal: str
    reasons: list[str]
    own: bool


class WhyOut(Schema):
    """Why a person was paged or not around an instant; teams are those of today."""

    person: str
    at: datetime
    since: datetime
    until: datetime
    on_call_for: list[str]
    channels: int
    entries: list[WhyEntryOut]
    left_out: int


class PageWhyOut(Schema):
    """Everything that was decided about one page."""

    page: str
    title: str
    team: str
    decisions: list[AlertDecisionOut]
    signals: list[SignalOut]
    signal_count: int
    people: list[WhyEntryOut]


class WhyAsked(Schema):
    """About whom and when."""

    person: Annotated[str, Field(max_length=254, description="Their e-mail address.")]
    at: Annotated[Instant | None, Field(description="The instant; now when left out.")] = None
    minutes: Annotated[int, Field(ge=1, le=1440)] = 60
