"""The shapes of toil over HTTP."""

from __future__ import annotations

from datetime import datetime
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
    """The toil of a span of days; `sources` are hours by page, repeat and logged."""

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


class ToilEntryOut(Schema):
    """One piece of work; `source` is logged, page or repeat, `fact` the fact that it was captured from."""

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
    samples: int
    cost: CostOut | None
    estimate: EstimateOut | None
    payback: PaybackOut | None


class SavedOut(Schema):
    """An automation in use; hours saved since, and what was forecast for that time."""

    team: str
    what: str
    done_at: datetime
    built_hours: float
    saved_hours: float | None
    forecast_hours: float | None


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
    """Who does it, by e-mail address."""

    owner: Annotated[str, Field(max_length=254)]


class FinishIn(Schema):
    """Hours that it took to build."""

    built_hours: Hours
