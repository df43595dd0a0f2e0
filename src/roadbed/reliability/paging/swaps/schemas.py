"""The shapes of requests for shifts over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant


class RequestIn(Schema):
    """Time of the caller's that somebody is to take. With `back_starts_at` the caller takes theirs in exchange."""

    starts_at: Instant
    ends_at: Instant
    to: Annotated[str, Field(max_length=254, description="E-mail address; empty for anyone of the team.")] = ""
    back_starts_at: Instant | None = None
    back_ends_at: Instant | None = None
    standby: Annotated[bool, Field(description="Time in which the caller stands by, and is not on call.")] = False
    note: Annotated[str, Field(max_length=200)] = ""


class RequestsAsked(Schema):
    """Which requests."""

    everything: Annotated[bool, Field(description="Those of the last 30 days too, answered or not.")] = False


class RequestOut(Schema):
    """A request: `state` is open, accepted, declined, withdrawn or expired; `asked` is empty for anyone of the team."""

    uid: str
    team: str
    asker: str
    asked: str
    starts_at: datetime
    ends_at: datetime
    back_starts_at: datetime | None
    back_ends_at: datetime | None
    standby: bool
    note: str
    state: str
    declined: int
    taken_by: str
    made_at: datetime
    closed_at: datetime | None
