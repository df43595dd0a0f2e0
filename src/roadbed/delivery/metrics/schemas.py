"""What delivery metrics say over HTTP; null is unknown, never zero."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Schema


class WhoseAsked(Schema):
    """Whose figures; without any name everybody's."""

    service: str = Field("", max_length=200, description="Of one service.")
    team: str = Field("", max_length=63, description="Of one team's services.")
    system: str = Field("", max_length=200, description="Of one system's services.")


class ScopeAsked(WhoseAsked):
    """Whose figures, and of how many days."""

    days: int = Field(28, ge=1, le=400, description="Deployments that finished in the last days.")
    until: datetime | None = Field(None, description="The window's end; without it now.")
    working_hours: str = Field(
        "", max_length=100, description="Count lead time in these, like Mon-Fri 09:00-17:00 Europe/Berlin."
    )
    holidays: str = Field("", max_length=2000, description="Days without work, with commas between them.")


class DeliveryAsked(ScopeAsked):
    """Whose figures, and beside which benchmark."""

    benchmark: str = Field("2019", max_length=20, description="2019, 2021, 2025 or none.")


class RowsAsked(ScopeAsked):
    """Which figure's rows."""

    metric: str = Field(max_length=40, description="frequency, lead_time, fail_rate, recovery, rework_rate, …")
    cursor: str = Field("", max_length=400)
    limit: int = 50


class EstimatedOut(Schema):
    """A figure with what it rests on. A distribution's value is its median; spans in seconds, rates as shares."""

    name: str
    value: float | None
    unit: str
    n: int
    hits: int | None
    low: float | None
    high: float | None
    p75: float | None
    p90: float | None
    open: int
    at_least: float | None
    why: str
    rows: str = Field(description="Where the rows behind it are: deployments, changes, builds; not persons.")


class FigureOut(EstimatedOut):
    """One metric; frequency in deployments a week."""

    metric: str
    interval: str
    p90_low: float | None
    p90_high: float | None
    clusters: list[str] = Field(description="The benchmark's clusters that it lies in; none under ten observations.")


class StageOut(Schema):
    """One stage of lead time, in seconds, over the changes whose both ends are known."""

    name: str
    title: str
    n: int
    of: int
    p50: float | None
    p75: float | None
    p90: float | None


class DriftOut(Schema):
    """Whether a figure moved in the last twelve weeks, by Mann and Kendall's test at 1%."""

    direction: str = Field(description="rising, falling, steady or unknown.")
    p: float | None
    slope: float | None = Field(description="Change a week, in the figure's unit.")
    n: int = Field(description="Weeks that have a value.")


class QualityOut(Schema):
    """How far the figures can be trusted."""

    asked: int
    linked: int
    partial: int
    backwards: int
    open_incidents: int
    without_deployment: int


class EditionOut(Schema):
    """The benchmark's edition."""

    name: str
    title: str
    source: str
    secondary: bool
    note: str


class DeliveryOut(Schema):
    """The five metrics of a service, a team, a system or all."""

    service: str
    team: str
    system: str
    days: int
    since: datetime
    until: datetime
    as_of: datetime | None
    pending: int
    deployments: int
    labels: dict[str, int]
    weeks: float
    frequency: FigureOut
    lead_time: FigureOut
    fail_rate: FigureOut
    recovery: FigureOut
    rework_rate: FigureOut
    time_to_restore: FigureOut
    bots: FigureOut = Field(description="Lead time of machines' changes, which stay out of lead_time.")
    stages: list[StageOut] = Field(description="Lead time of people's changes stage by stage.")
    trends: dict[str, DriftOut]
    working_hours: str
    quality: QualityOut
    silent: list[str]
    overrides: int
    overrides_failed: int
    edition: EditionOut | None


class RowOut(Schema):
    """One row behind a figure."""

    uid: str
    service: str
    service_uid: str
    at: datetime
    version: str
    commit: str
    label: str
    counts: bool
    seconds: float | None
    open: bool
    why: str


class RowPage(Schema):
    """Some rows, newest first."""

    items: list[RowOut]
    next_cursor: str | None
