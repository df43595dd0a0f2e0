"""Measures a goal's figure of now and of today's span, outside any transaction, and says how the goal stands by it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import Asked, Reading
from roadbed.organization.goals.models import Goal
from roadbed.organization.goals.rules.standing import Standing, Way, stand


def measured(scope: str, name: str, metric: str, *, days: int, now: datetime) -> Reading:
    """One figure of the last days."""
    return measures.measure(metric, Asked(scope, name, now - timedelta(days=days), now, now))


def way_of(row: Goal) -> Way:
    """The way of a goal; it is due when its day is over."""
    due = datetime.combine(row.due + timedelta(days=1), time(), UTC)
    return Way(row.better, row.target, row.baseline, row.set_at, due)


def standing_of(row: Goal, reading: Reading, *, now: datetime) -> Standing:
    """How it stands by a figure."""
    return stand(way_of(row), reading, now=now)
