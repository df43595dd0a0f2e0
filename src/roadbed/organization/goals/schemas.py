"""The shapes of goals over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema

PLAIN = r"^[^\x00]*$"
Name = Annotated[str, Field(max_length=63, pattern=PLAIN)]
Text = Annotated[str, Field(max_length=500, pattern=PLAIN)]
Email = Annotated[str, Field(max_length=254, pattern=PLAIN)]
Target = Annotated[str, Field(max_length=40, pattern=PLAIN, description="Like 10%, 4h or 5.")]


class GoalIn(Schema):
    """A goal to be set. It is a team's, a system's or the organization's; there is none on a person."""

    scope: Annotated[str, Field(max_length=20, description="team, system or organization.")] = "team"
    name: Annotated[str, Field(max_length=63, pattern=PLAIN, description="Whose; empty for the organization.")] = ""
    metric: Annotated[str, Field(max_length=40, pattern=PLAIN)]
    target: Target
    direction: Annotated[str, Field(max_length=20, description="at least or at most; the metric's own if empty.")] = ""
    days: Annotated[int, Field(description="The span it is measured over, 28 or 91 days.")] = 28
    due: date
    owner: Annotated[str, Field(max_length=254, pattern=PLAIN, description="Who looks after it; else the caller.")] = ""
    reason: Text


class GoalChange(Schema):
    """What is worded anew, and why; what is left out stays."""

    target: Target = ""
    due: date | None = None
    owner: Email = ""
    reason: Text = ""
    why: Text


class GoalClosing(Schema):
    """Why it is closed. Withdrawn, it is neither reached nor missed."""

    note: Text
    withdrawn: bool = False


class GoalMeasured(Schema):
    """What was measured. `value` is null where there was no data, and `why` says why."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str


class GoalReading(GoalMeasured):
    """What was measured on a day.

    `standing` is reached, on-track, unclear, off-track, missed or no-data; `expected` where the way was that day.
    """

    day: date
    at: datetime
    standing: str
    says: str
    expected: float | None


class GoalOut(Schema):
    """A goal with its newest reading. Figures are in `unit`: seconds, a share or deployments a week.

    `warning` says what to mind where nobody has a goal on what gets worse when this one is chased alone.
    """

    uid: str
    scope: str
    name: str
    metric: str
    title: str
    unit: str
    direction: str
    target: float
    target_said: str
    days: int
    due: date
    owner: str
    reason: str
    baseline: float | None
    baseline_low: float | None
    baseline_high: float | None
    baseline_n: int
    baseline_why: str
    set_by: str
    set_at: datetime
    version: int
    state: str
    standing: str
    closed_at: datetime | None
    closed_by: str
    outcome: str
    note: str
    today: GoalReading | None
    warning: str


class GoalList(Schema):
    """Some goals, newest first."""

    items: list[GoalOut]
    next_cursor: str | None


class GoalWording(Schema):
    """A goal as it was worded once."""

    number: int
    target: float
    due: date
    owner: str
    reason: str
    why: str
    changed_by: str
    changed_at: datetime


class GoalCounter(Schema):
    """A metric that gets worse when the goal is chased alone, as it is now; `goal` says that it has one of its own."""

    metric: str
    title: str
    goal: bool
    value: float | None
    said: str
    why: str


class GoalWhole(Schema):
    """A goal with its readings, oldest first, its wordings, newest first, and its counter-metrics."""

    goal: GoalOut
    readings: list[GoalReading]
    wordings: list[GoalWording]
    beside: list[GoalCounter]


class GoalMetric(GoalMeasured):
    """A metric that a goal can be set on, with its figure of now."""

    key: str
    name: str
    unit: str
    direction: str
    said: str


class GoalMetrics(Schema):
    """All of them."""

    items: list[GoalMetric]
