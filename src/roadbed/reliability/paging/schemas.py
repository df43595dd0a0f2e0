"""The shapes of paging over HTTP."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
from roadbed.reliability.paging.rules.escalation import LONGEST, SHORTEST, STEP_SECONDS


class ResponderOut(Schema):
    """Somebody of a rotation, and how many ways lead to them."""

    uid: str
    name: str
    email: str
    channels: int
    verified: int


class RotationOut(Schema):
    """A rotation or schedule, everybody from who is on call on; with `nobody_now` the first is who comes next."""

    people: list[ResponderOut]
    weekday: str
    at: str
    zone: str
    step_seconds: int
    version: int
    changed_at: datetime
    since: datetime | None
    until: datetime | None
    kind: str
    layer: str
    nobody_now: bool


class TeamOnCallOut(Schema):
    """Who of a team is paged first; without a rotation that is everybody in it. `own_steps`: it has a policy."""

    team: str
    title: str
    members: list[ResponderOut]
    rotation: RotationOut | None
    paged_at: datetime | None
    own_steps: bool


class RotationIn(Schema):
    """A rotation: the first of `people` takes the shift that runs now."""

    people: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=100)]
    weekday: Annotated[str, Field(max_length=20)] = "monday"
    at: time = time(9, 0)
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    step_seconds: Annotated[int, Field(ge=SHORTEST, le=LONGEST)] = STEP_SECONDS


class ChannelOut(Schema):
    """A way to a person; `problem` is why the last delivery did not arrive."""

    uid: str
    person: str
    email: str
    kind: str
    address: str
    server: str
    verified_at: datetime | None
    delivered_at: datetime | None
    problem: str
    created_at: datetime


class ChannelIn(Schema):
    """A way to the caller, or to `email` for an administrator, who may also name a mail server for it alone."""

    kind: Literal["smtp", "webhook", "slack", "slack_hook", "ntfy", "sms", "voice", "push"]
    address: Annotated[str, Field(max_length=500)]
    email: Annotated[str, Field(max_length=254)] = ""
    server: Annotated[str, Field(max_length=200)] = ""


class ChannelMade(Schema):
    """The new channel; `secret` signs a webhook's messages and is in this reply alone."""

    uid: str
    secret: str


class AlertOut(Schema):
    """A page: what is wrong, whom it reached, who has it.

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
    next_people: list[str]
    paged: list[str]
    started_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    again_at: datetime | None
    snoozed_by: str
    closed_at: datetime | None
    closed_for: str
    why: list[str]
    figures: dict[str, Any]


class AlertList(Schema):
    """Pages, newest first, and the cursor of the next ones."""

    items: list[AlertOut]
    next_cursor: str | None


class PageDeliveryOut(Schema):
    """One attempt to bring one page through one channel."""

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
    confirmed_at: datetime | None


class AlertDetailOut(Schema):
    """A page with its delivery log."""

    alert: AlertOut
    deliveries: list[PageDeliveryOut]


class AcknowledgedOut(Schema):
    """Who has the page now; `yours` is false when somebody else had taken it before."""

    uid: str
    acknowledged_by: str
    yours: bool


class SnoozeIn(Schema):
    """How long a page rests: so many minutes from now, or until an instant; one of both."""

    minutes: Annotated[int | None, Field(ge=1, le=7 * 24 * 60)] = None
    until: Instant | None = None


class AlertCloseIn(Schema):
    """Why an alert is closed by hand."""

    reason: Annotated[str, Field(min_length=1, max_length=160)]


class PageFilters(Schema):
    """Which pages are listed; `open` is every state but closed."""

    state: Annotated[str, Field(max_length=12)] = ""
    team: Annotated[str, Field(max_length=63)] = ""
    service: Annotated[str, Field(max_length=140)] = ""
    cursor: Annotated[str, Field(max_length=2000)] = ""
    limit: int = 50


class PageIn(Schema):
    """Whom to page, a team or a service by name, and what is wrong. Severity 1 and 2 wake people."""

    whom: Annotated[str, Field(min_length=1, max_length=140)]
    text: Annotated[str, Field(min_length=1, max_length=180)]
    severity: Annotated[int, Field(ge=1, le=4)] = 2
    environment: Annotated[str, Field(min_length=1, max_length=40)] = "production"


class Paged(Schema):
    """The page that was opened."""

    uid: str


class HandOnIn(Schema):
    """Why a page is handed on, if somebody says so."""

    reason: Annotated[str, Field(max_length=160)] = ""
