"""The shapes of charts over HTTP: a burn-down's line and its strip."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class PointOut(Schema):
    """The budget left at an instant; null where nothing was measured since the point before."""

    at: datetime
    remaining: float | None
    good: int
    total: int


class StretchOut(Schema):
    """Minutes of one state in a row; those before the promise began are of the state `before`."""

    state: str
    start: datetime
    minutes: int


class BurnDownOut(Schema):
    """An objective's window as a line and a strip whose minutes add up to it."""

    objective: str
    start: datetime
    end: datetime
    as_of: datetime | None
    window_minutes: int
    points: list[PointOut]
    stretches: list[StretchOut]
    minutes: dict[str, int]
    minutes_before: int
