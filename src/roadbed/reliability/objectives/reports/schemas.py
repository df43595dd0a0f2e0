"""The shapes of reports over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
from roadbed.reliability.objectives.schemas import PLAIN


class ReportFilters(Schema):
    """Of what and of when. With `start` and `end` they are the period, else `period` with the day `at` in it."""

    scope: Annotated[str, Field(max_length=20, pattern=PLAIN)] = "organization"
    name: Annotated[str, Field(max_length=130, pattern=PLAIN)] = ""
    period: Annotated[str, Field(max_length=20, pattern=PLAIN)] = "month"
    at: Instant | None = None
    start: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    end: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    zone: Annotated[str, Field(max_length=64, pattern=PLAIN)] = "UTC"


class ReportScope(Schema):
    """Of what a report is."""

    kind: str
    name: str
    title: str


class ReportPeriod(Schema):
    """Of when; minutes that are to come count for nothing."""

    kind: str
    label: str
    zone: str
    start: datetime
    end: datetime
    minutes: int
    to_come: int


class ReportBefore(Schema):
    """The period before, which this one is compared with."""

    start: datetime
    end: datetime
    minutes: int


class ReportTotals(Schema):
    """All objectives' minutes, and how many kept their target."""

    objectives: int
    kept: int
    missed: int
    untold: int
    minutes: dict[str, int]
    outside: int
    coverage: float | None


class ReportKind(Schema):
    """Objectives of one kind, event by event; `before` is the period before."""

    kind: str
    unit: str
    objectives: int
    bad: int
    total: int
    attainment: float | None
    before: float | None


class ReportFigures(Schema):
    """A promise over the period. The minutes, `outside` and `to_come` add up to it; null is what cannot be told."""

    bad: int
    total: int
    attainment: float | None
    kept: bool | None
    allowed: int | None
    share: float | None
    coverage: float | None
    has_data: bool
    minutes: dict[str, int]
    outside: int
    to_come: int


class ReportFormer(Schema):
    """The same promise in the period before, of which `outside` minutes are not known."""

    attainment: float | None
    share: float | None
    coverage: float | None
    has_data: bool
    outside: int


class ReportLine(ReportFigures):
    """One objective. `raw` has what is excluded; null where nothing is."""

    uid: str
    name: str
    title: str
    service: str
    owner: str
    system: str
    kind: str
    target: float
    target_text: str
    unit: str
    raw: ReportFigures | None
    before: ReportFormer


class ReportStep(Schema):
    """What a step of a journey spent; over the required ones it adds up to the journey's bad ones."""

    name: str
    of: str
    required: bool
    spent: int
    share: float | None


class ReportJourney(ReportFigures):
    """One journey."""

    uid: str
    name: str
    title: str
    owner: str
    target: float
    target_text: str
    unit: str
    raw: ReportFigures | None
    before: ReportFormer
    steps: list[ReportStep]


class ReportCause(Schema):
    """An incident or deployment, and what it spent of all objectives' budgets together."""

    kind: str
    uid: str
    title: str
    service: str
    start: datetime
    end: datetime
    unit: str
    bad: int


class ReportRefused(Schema):
    """How often changes of a service were refused."""

    service: str
    times: int


class ReportDecisions(Schema):
    """What the gate answered in the period."""

    asked: int
    allow: int
    warn: int
    deny: int
    unknown: int
    overridden: int
    refused: list[ReportRefused]


class ReportOut(Schema):
    """A report of a period."""

    scope: ReportScope
    period: ReportPeriod
    before: ReportBefore
    as_of: datetime
    totals: ReportTotals
    kinds: list[ReportKind]
    lines: list[ReportLine]
    journeys: list[ReportJourney]
    causes: list[ReportCause]
    unattributed: dict[str, int]
    decisions: ReportDecisions | None
    says: str
