"""The shapes of an objective's past over HTTP: what the gate decided by it, and how fast it burned."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class BudgetDecisionOut(Schema):
    """A decision of the gate in which an objective's budget policy answered.

    `own` says whether this objective's budget decided, or a rule that speaks of no objective.
    """

    uid: str
    asked_at: datetime
    asked_by: str
    environment: str
    kind: str
    commit: str
    outcome: str
    passes: bool
    overridden: bool
    answer: str
    rule: str
    policy: str
    policy_version: int | None
    text: str
    own: bool


class BudgetDecisionList(Schema):
    """A page of decisions, newest first."""

    items: list[BudgetDecisionOut]
    next_cursor: str | None


class BurnPointOut(Schema):
    """Both burn rates of an alert at an instant; null where nothing was counted in the window."""

    at: datetime
    short: float | None
    long: float | None


class BurnRatesOut(Schema):
    """An alert's two burn rates over time, oldest first; it fires while both are above `factor`."""

    name: str
    factor: float
    short: int
    long: int
    minutes: int
    start: datetime
    end: datetime
    points: list[BurnPointOut]
