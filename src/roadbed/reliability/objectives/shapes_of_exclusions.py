"""The shapes of exclusions over HTTP, and of what one would change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant

PLAIN = r"^[^\x00]*$"


class ExclusionIn(Schema):
    """Time that does not count: from when until when, again by which rule, and why."""

    objective: Annotated[str, Field(max_length=130, pattern=PLAIN, description="Empty: all of the service's.")] = ""
    starts_at: Instant
    ends_at: Instant
    rrule: Annotated[str, Field(max_length=300, pattern=PLAIN, description="Like FREQ=WEEKLY;BYDAY=TU.")] = ""
    zone: Annotated[str, Field(max_length=64, pattern=PLAIN)] = "UTC"
    reason: Annotated[str, Field(max_length=500, pattern=PLAIN)]


class ExclusionOut(Schema):
    """An exclusion; `objective` is empty where it is of all objectives of its service."""

    uid: str
    service_uid: str
    objective: str
    objective_name: str
    starts_at: datetime
    ends_at: datetime
    rrule: str
    zone: str
    reason: str
    by: str
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str


class ExclusionList(Schema):
    """A service's exclusions, newest first."""

    items: list[ExclusionOut]


class ExclusionFigures(Schema):
    """An objective's figures over its window; null where they cannot be had."""

    remaining: float | None
    attainment: float | None
    coverage: float | None
    bad: int
    total: int
    excluded: int
    standing: str


class ExclusionEffect(Schema):
    """One objective with nothing excluded (`raw`), as it stands (`now`), and with the exclusion (`then`).

    `minutes` of its window would be excluded that are not yet.
    """

    uid: str
    title: str
    target: str
    window: str
    raw: ExclusionFigures
    now: ExclusionFigures
    then: ExclusionFigures
    minutes: int
    as_of: datetime


class ExclusionTime(Schema):
    """One time at which it would be."""

    starts_at: datetime
    ends_at: datetime


class ExclusionPreview(Schema):
    """What an exclusion would change; `more` times follow within a year of the first."""

    effects: list[ExclusionEffect]
    times: list[ExclusionTime]
    more: int
