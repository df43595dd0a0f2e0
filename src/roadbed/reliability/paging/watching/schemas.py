"""The shapes of heartbeats and canaries over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.reliability.paging.rules.beats import GRACE_LONGEST, LONGEST, SHORTEST


class HeartbeatOut(Schema):
    """A heartbeat; its address is told when it is made and when it is rotated."""

    uid: str
    name: str
    service: str
    service_uid: str
    team: str
    state: str
    interval_seconds: int
    grace_seconds: int
    severity: int
    beats: int
    last_at: datetime | None
    late_at: datetime | None
    made_by: str
    made_at: datetime


class HeartbeatIn(Schema):
    """A heartbeat of a service: expected every `interval_seconds`, late after `grace_seconds` more."""

    service: Annotated[str, Field(max_length=140)]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    interval_seconds: Annotated[int, Field(ge=SHORTEST, le=LONGEST)]
    grace_seconds: Annotated[int, Field(ge=0, le=GRACE_LONGEST)] = 60
    severity: Annotated[int, Field(ge=1, le=4)] = 2


class HeartbeatMade(Schema):
    """Where the heartbeat is sent, by POST; whoever has the address can send it."""

    uid: str
    url: str


class CanaryOut(Schema):
    """A kind of channel and its regular test: state none, waiting, good or failing."""

    kind: str
    state: str
    channel: str
    address: str
    person: str
    every_seconds: int | None
    next_at: datetime | None
    last_at: datetime | None
    last: str
    confirmed: bool
    error: str
    failing_since: datetime | None
    channels: int


class CanaryIn(Schema):
    """The verified channel through which its kind is tested, and how often."""

    channel: Annotated[str, Field(max_length=32)]
    every_seconds: Annotated[int, Field(ge=3600, le=604_800)] = 86_400
