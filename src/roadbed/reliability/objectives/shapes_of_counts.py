"""The shapes of counts over HTTP: minutes pushed, and how far a source was read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import AliasChoices

from roadbed.ground.api.instants import Instant


class CountsReadOut(Schema):
    """How far an objective's counts were read from their source; `share` of its window, until it was filled."""

    since: datetime
    until: datetime
    share: float
    begun_at: datetime
    filled_at: datetime | None
    tried_at: datetime | None
    problem: str
    remedy: str


class CountIn(Schema):
    """One minute, named by its start (`minute` means the same); good is at most total."""

    timestamp: Annotated[Instant, Field(validation_alias=AliasChoices("timestamp", "minute"))]
    good: Annotated[int, Field(strict=True, ge=0, le=2**53)]
    total: Annotated[int, Field(strict=True, ge=0, le=2**53)]


class PushedOut(Schema):
    """What a push did: rows taken, minutes that were new, replaced by other counts, or left alike."""

    rows: int
    new: int
    replaced: int
    unchanged: int
