"""The shapes of toil over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant

Hours = Annotated[float, Field(ge=0, le=10_000)]


class ShareOut(Schema):
    """Hours of toil over hours available; `share` is null where nobody is there, `state` within, warn or act."""

    hours: float
    available: float
    share: float | None
    state: str


class PersonShareOut(Schema):
    """One person's toil."""

    person: str
    share: ShareOut


class TeamShareOut(Schema):
    """A team's toil; `before` is its share in the span before."""

    team: str
    people: int
    share: ShareOut
    captured_hours: float
    logged_hours: float
    before: float | None
    persons: list[PersonShareOut]


class ToilOut(Schema):
    """The toil of a span of days; `sources` are hours by page, repeat, runbook, request and logged."""

    days: int
    since: datetime
    until: datetime
    teams: list[TeamShareOut]
    whole: ShareOut
    sources: dict[str, float]


class ToilIn(Schema):
    """A piece of one's own work. `tests` answers some of the six tests; the others count as passed."""

    minutes: Annotated[str, Field(max_length=20)]
    what: Annotated[str, Field(max_length=200)]
    category: Annotated[str, Field(max_length=20)] = ""
    team: Annotated[str, Field(max_length=63)] = ""
    tests: dict[str, bool] | None = None
    occurred_at: Instant | None = None


class RequestDoneIn(Schema):
    """A request that was done by hand. `done_by` is a mail address, the caller without one.

    `reference` is the tracker's name for it; the same one again adds nothing.
    """

    minutes: Annotated[str, Field(max_length=20)]
    what: Annotated[str, Field(max_length=200)]
    category: Annotated[str, Field(max_length=20)] = "access"
    team: Annotated[str, Field(max_length=63)] = ""
    done_by: Annotated[str, Field(max_length=254)] = ""
    requested_by: Annotated[str, Field(max_length=254)] = ""
    service: Annotated[str, Field(max_length=130)] = ""
    reference: Annotated[str, Field(max_length=160)] = ""
    link: Annotated[str, Field(max_length=300)] = ""
    occurred_at: Instant | None = None


class QuarterShareOut(Schema):
    """A quarter; `share` is null where nothing of any team was noted in it."""

    quarter: str
    share: ShareOut | None
    captured_hours: float
    entries: int


class TeamQuartersOut(Schema):
    """A team's quarters, the oldest first; its people as they are today."""

    team: str
    people: int
    quarters: list[QuarterShareOut]


class ToilEntryOut(Schema):
    """One piece of work; `source` is logged, page, repeat, runbook or request, `fact` what it was captured from."""

    uid: str
    task: str
    task_uid: str
    category: str
    team: str
    person: str
    minutes: int
    source: str
    fact: str | None
    is_toil: bool
    occurred_at: datetime
    left_out_for: str
    assumed: bool
    reference: str


class ToilUid(Schema):
    """The identity of what was made."""

    uid: str


class LeftOutIn(Schema):
    """Why an entry is no toil."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class CostOut(Schema):
    """Hours a month: the middle, and the middle half of the samples."""

    samples: int
    low: float
    hours: float
    high: float


class EstimateOut(Schema):
    """Hours to build, from and to, and hours of upkeep a month."""

    build_low: float
    build_high: float
    upkeep: float


class PaybackOut(Schema):
    """Months until it is paid back, null where it never is, and hours won in the first year."""

    soonest: float | None
    months: float | None
    latest: float | None
    won: float


class CandidateOut(Schema):
    """A task; `cost` is null with fewer than three samples."""

    uid: str
    team: str
    what: str
    category: str
    state: str
    owner: str
    due: date | None
    link: str
    samples: int
    cost: CostOut | None
    estimate: EstimateOut | None
    payback: PaybackOut | None


class SavingOut(Schema):
    """Hours a month before and after, and their difference with its 95 % interval, from whole weeks on each side."""

    before: float
    after: float
    saved: float
    low: float
    high: float
    weeks_before: int
    weeks_after: int
    is_sure: bool


class SavedOut(Schema):
    """An automation in use; hours saved since, what was forecast, and `measured`, null until there are four weeks."""

    team: str
    what: str
    done_at: datetime
    built_hours: float
    saved_hours: float | None
    forecast_hours: float | None
    measured: SavingOut | None


class TasksOut(Schema):
    """Candidates by hours won, and what paid off."""

    candidates: list[CandidateOut]
    saved: list[SavedOut]


class EstimateIn(Schema):
    """What automating a task would take."""

    build_low: Hours
    build_high: Hours
    upkeep: Hours = 0.0


class PlanIn(Schema):
    """Who does it, by e-mail address, until when, and where it is tracked."""

    owner: Annotated[str, Field(max_length=254)]
    due: date | None = None
    link: Annotated[str, Field(max_length=300)] = ""


class FinishIn(Schema):
    """Hours that it took to build."""

    built_hours: Hours
