"""What flow, tests and beginnings say over HTTP; null is unknown, never zero."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Field, Schema

from roadbed.delivery.metrics.schemas import DriftOut, EstimatedOut, ScopeAsked, WhoseAsked


class FlowRowsAsked(ScopeAsked):
    """Which figure's rows."""

    figure: str = Field(max_length=40, description="branch_age, build_duration, open_branches, …")
    cursor: str = Field("", max_length=400)
    limit: int = 50


class FlowFigureOut(EstimatedOut):
    """One figure of flow."""

    figure: str


class FlowWeekOut(Schema):
    """Seven days, medians of what was merged or built in them."""

    start: date
    integrations: int | None
    branch_age: float | None
    batch_lines: float | None
    first_review: float | None
    build: float | None
    build_p90: float | None
    passed: int | None
    failed: int | None


class BranchesOut(Schema):
    """Branches that are open now."""

    open: int
    over_a_day: int
    over_a_week: int


class FlowOut(Schema):
    """How work flows to the trunk, in whole days in UTC."""

    service: str
    team: str
    system: str
    days: int
    since: date
    until: date
    figures: list[FlowFigureOut]
    branches: BranchesOut | None
    weeks: list[FlowWeekOut]
    trends: dict[str, DriftOut]
    repositories: int
    shared: list[str] = Field(description="Repositories in which other teams' services live too.")
    bots: int = Field(description="Merged changes of programs, which no figure counts.")
    pending: int
    working_hours: str


class FlowRowOut(Schema):
    """A change, a push, a build, a red time or a branch."""

    what: str
    repository: str
    title: str
    number: str
    at: datetime
    value: float | None
    unit: str
    counts: bool
    open: bool
    url: str


class FlowRowPage(Schema):
    """Some rows, newest first."""

    items: list[FlowRowOut]
    next_cursor: str | None


class BeginningOut(Schema):
    """How long a first took, over all who joined; hidden under five people."""

    what: str
    name: str
    people: int
    yet: int | None
    median: float | None
    low: float | None
    high: float | None
    p75: float | None
    p90: float | None
    hidden: bool
    why: str


class OnboardingOut(Schema):
    """How people began; nobody is named."""

    team: str
    days: int
    since: datetime
    until: datetime
    joined: int
    beginnings: list[BeginningOut]


class ReportAsked(Schema):
    """Where a report of tests belongs."""

    service: str = Field(max_length=200, description="Whose tests.")
    commit: str = Field(max_length=70, description="What was tested, by its full name.")
    attempt: int = Field(1, description="Which attempt of the build it was; a repeated one has a greater number.")
    shard: str = Field("", max_length=100, description="Which part of the build's tests it tells of.")
    branch: str = Field("", max_length=200)


class FailedTestOut(Schema):
    """A test that failed; in quarantine it stops nobody."""

    test: str
    file: str
    quarantined_until: datetime | None


class SuiteReportOut(Schema):
    """What a report said."""

    uid: str
    commit: str
    build: str
    attempt: int
    shard: str
    ran_at: datetime
    tests: int
    passed: int
    failed: int
    skipped: int
    flaked: int
    seconds: float | None
    failures: list[FailedTestOut] = Field(description="At most 200.")
    blocking: int = Field(description="How many of all that failed are in no quarantine.")


class TestsAsked(WhoseAsked):
    """Whose tests, over how many weeks from Monday, this one included."""

    weeks: int = 4


class FlakyAsked(TestsAsked):
    """A page of flaky tests."""

    cursor: str = Field("", max_length=400)
    limit: int = 50


class SlowestAsked(TestsAsked):
    """How many of the slowest."""

    limit: int = 20


class QuarantineIn(Schema):
    """Which test stops nobody, until when, and why."""

    service: str = Field(max_length=200)
    test: str = Field(max_length=600, description="Its name as the lists write it.")
    reason: str = Field(max_length=600)
    days: float | None = Field(None, ge=0, le=1000, description="For so many days; 14 if nothing is said.")
    ends_at: datetime | None = None


class QuarantineOut(Schema):
    """A decision about a test; `state` is now, over or released."""

    uid: str
    test: str
    service_uid: str
    reason: str
    by: str
    begins_at: datetime
    ends_at: datetime
    state: str


class FlakyTestOut(Schema):
    """A test that failed and passed on the same commit, with Wilson's interval of how often."""

    service: str
    service_uid: str
    owner: str
    test: str
    file: str
    flaked: int
    commits: int
    failed: int
    share: float
    low: float
    high: float
    lost_seconds: float
    first_at: datetime
    last_at: datetime
    quarantine: QuarantineOut | None


class FlakyPage(Schema):
    """Flaky tests, the costliest first."""

    items: list[FlakyTestOut]
    next_cursor: str | None


class SlowTestOut(Schema):
    """A test by how long one run takes on average."""

    service: str
    service_uid: str
    owner: str
    test: str
    file: str
    seconds: float
    total_seconds: float
    runs: int


class SlowTests(Schema):
    """The slowest tests."""

    items: list[SlowTestOut]
