"""The shapes of how people are reached, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.reliability.paging.rules.methods import LONGEST, MOST


class CodeIn(Schema):
    """The six digits of the newest test message."""

    code: Annotated[str, Field(min_length=1, max_length=20)]


class VerifiedOut(Schema):
    """The channel that is verified now."""

    uid: str


class WayOut(Schema):
    """One notification method; an unverified channel is passed by. `after` in seconds from the page."""

    channel: str
    kind: str
    address: str
    verified: bool
    after: int


class QuietOut(Schema):
    """Quiet hours: days as mon to sun, start and end as HH:MM on the wall clock of the zone."""

    days: list[str]
    start: str
    end: str


class NotificationsOut(Schema):
    """How a person is paged. An empty list of methods means every verified channel at once."""

    person: str
    zone: str
    high: list[WayOut]
    low: list[WayOut]
    quiet: list[QuietOut]
    quiet_until: datetime | None
    version: int


class WayIn(Schema):
    """One notification method: a channel's uid, and seconds after the page."""

    channel: Annotated[str, Field(max_length=32)]
    after: Annotated[int, Field(ge=0, le=LONGEST)] = 0


class QuietIn(Schema):
    """Quiet hours for what is not urgent; an end at or before the start is on the next day."""

    days: Annotated[list[Annotated[str, Field(max_length=10)]], Field(max_length=7)]
    start: Annotated[str, Field(max_length=8)]
    end: Annotated[str, Field(max_length=8)]


class NotificationsIn(Schema):
    """How a person is paged, whole. `email` names somebody else, for an administrator."""

    email: Annotated[str, Field(max_length=254)] = ""
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    high: Annotated[list[WayIn], Field(max_length=MOST)] = []
    low: Annotated[list[WayIn], Field(max_length=MOST)] = []
    quiet: Annotated[list[QuietIn], Field(max_length=7)] = []


class ReplyIn(Schema):
    """A whole mail with its headers, as it arrived; bytes that are no UTF-8 as Latin-1."""

    mail: Annotated[str, Field(min_length=1, max_length=1_100_000)]


class ReplyOut(Schema):
    """What the reply did."""

    yours: bool
    said: str
