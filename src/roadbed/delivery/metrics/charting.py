"""The two charts of the page: deployments a week by outcome, and lead time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from roadbed.delivery.metrics.rules.trends import Week
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Figure, Table

HOUR = 3600


def deployments(weeks: tuple[Week, ...], *, now: datetime) -> Figure:
    """Weeks as stacked bars."""
    days = [words.day(timezone.localtime(week.start), now=now) for week in weeks]
    counted = [week.deployments for week in weeks]
    data = {
        "legend": True,
        "x": days,
        "series": [
            _bar("Healthy", "good-mark", [week.healthy for week in weeks]),
            _bar("Rework", "warn-mark", [week.rework for week in weeks]) | {"decal": True},
            _bar("Failed", "bad-mark", [week.failed for week in weeks]),
        ],
    }
    rows = tuple(
        (day, str(week.healthy), str(week.rework), str(week.failed)) for day, week in zip(days, weeks, strict=True)
    )
    return Figure(
        id="by-week",
        label=f"Deployments a week over 12 weeks, between {min(counted)} and {max(counted)}",
        data=data,
        table=Table(("Week from", "Healthy", "Rework", "Failed"), rows, frozenset({"Healthy", "Rework", "Failed"})),
        caption="Weeks end now. A deployment that failed counts as failed, not as rework too.",
        short=True,
    )


def _bar(name: str, tone: str, values: list[int]) -> dict[str, Any]:
    return {"name": name, "type": "bar", "stack": "a", "tone": tone, "values": values}


def lead_time(weeks: tuple[Week, ...], *, now: datetime) -> Figure:
    """Median and p75 of each week; a week without lead times is a gap."""
    days = [words.day(timezone.localtime(week.start), now=now) for week in weeks]
    medians = [_hours(week.lead_median) for week in weeks]
    upper = [_hours(week.lead_p75) for week in weeks]
    known = [one for one in medians if one is not None]
    label = f"Weekly medians between {min(known):g} and {max(known):g} hours" if known else "No lead time is known"
    line = {"symbol": "circle", "size": 5}
    data = {
        "legend": True,
        "x": days,
        "series": [
            {"name": "p75", "unit": " h", "tone": "ink-3", "dash": "dashed", "values": upper} | line,
            {"name": "Median", "tone": "ink", "width": 2.5, "values": medians} | line,
        ],
    }
    rows = tuple(
        (day, words.duration(week.lead_median), words.duration(week.lead_p75))
        for day, week in zip(days, weeks, strict=True)
    )
    return Figure(
        id="lead-time",
        label=label,
        data=data,
        table=Table(("Week from", "Median", "p75"), rows, frozenset({"Median", "p75"})),
        caption="From a commit's writing to its deployment. Merges, reverts, rollbacks and first deployments are out.",
        short=True,
    )


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR, 2 if seconds < 10 * HOUR else 1)
