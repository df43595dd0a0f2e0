"""The shapes of journeys over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

from roadbed.reliability.objectives.schemas import PLAIN, FindingOut


class JourneyFilters(Schema):
    """Which journeys are listed; `q` is part of a name or title."""

    q: Annotated[str, Field(max_length=100, pattern=PLAIN)] = ""
    owner: Annotated[str, Field(max_length=63, pattern=PLAIN)] = ""
    standing: Annotated[str, Field(max_length=20, pattern=PLAIN)] = ""


class JourneyStepOut(Schema):
    """A step with its part in the window. `spent` adds up to the journey's; figures that cannot be had are null."""

    name: str
    of: str
    service: str
    objective: str
    journey: str
    uid: str
    title: str
    required: bool
    when_unmeasured: str
    weight: int
    spent: int
    share: float | None
    alone: int
    bad_minutes: int
    good: int | None
    total: int | None
    coverage: float | None


class JourneyWindowOut(Schema):
    """One window: bad ones of all that the budget is counted in, and its minutes."""

    window: str
    length: int
    bad: float
    total: int
    burn: float | None
    coverage: float | None
    minutes: dict[str, int]


class JourneyPairOut(Schema):
    """A multi-window alert of a journey."""

    name: str
    severity: str
    short: int
    long: int
    factor: float
    short_burn: float | None
    long_burn: float | None
    bad: float
    total: int
    unit: str
    firing: bool
    reachable: bool
    held_back: str
    source: str
    words: str


class JourneyForecastOut(Schema):
    """In how many minutes what is left is spent, if the burn over `basis` minutes goes on."""

    minutes: float
    earliest: float
    latest: float | None
    basis: int


class JourneyRawOut(Schema):
    """The window with the time that is excluded."""

    bad: float
    total: int
    attainment: float | None
    remaining: float | None
    coverage: float | None
    minutes: dict[str, int]


class JourneyOut(Schema):
    """A journey with how it stands."""

    uid: str
    name: str
    title: str
    description: str
    owner: str
    target: Decimal
    target_text: str
    window: str
    window_words: str
    method: str
    alerts: str
    standing: str
    standing_word: str
    remaining: float | None
    attainment: float | None
    coverage: float | None
    paging: bool
    unit: str
    spent: float
    allowed: int
    minutes: dict[str, int]
    before: int
    degraded: int
    steps: list[JourneyStepOut]
    windows: list[JourneyWindowOut]
    pairs: list[JourneyPairOut]
    forecast: JourneyForecastOut | None
    raw: JourneyRawOut | None
    top_line: str
    problem: str
    as_of: datetime | None
    version: int
    origin: str
    source_file: str
    source_line: int | None
    source_commit: str
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None


class JourneyPointOut(Schema):
    """The budget left at an instant, and what was spent since the point before."""

    at: datetime
    remaining: float | None
    bad: int


class JourneyStretchOut(Schema):
    """Minutes in a row that are unmeasured or excluded."""

    state: str
    start: datetime
    minutes: int


class JourneyBurnDownOut(Schema):
    """A journey's window as a line; `bad` of all points adds up to the window's."""

    journey: str
    start: datetime
    end: datetime
    as_of: datetime
    unit: str
    points: list[JourneyPointOut]
    stretches: list[JourneyStretchOut]


class JourneyList(Schema):
    """All journeys that fit."""

    items: list[JourneyOut]


class JourneyVersionOut(Schema):
    """What a journey was from an instant on."""

    number: int
    definition: dict[str, Any]
    source_commit: str
    by: str
    since: datetime


class JourneyVersionList(Schema):
    """The versions of a journey, newest first."""

    items: list[JourneyVersionOut]


class JourneysIn(Schema):
    """A file of journeys, and the name by which its faults are told."""

    text: Annotated[str, Field(max_length=1024 * 1024, pattern=PLAIN)]
    file: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f]*$")] = "journey.yaml"


class JourneysAppliedOut(Schema):
    """What applying did, by journeys' names."""

    defined: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    warnings: list[FindingOut]
