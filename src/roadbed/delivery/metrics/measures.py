"""The five DORA metrics as goals and digests measure them, each with an interval that a comparison may rest on."""

from __future__ import annotations

from functools import partial
from typing import Final

from roadbed.delivery.metrics.answering import delivery_figures
from roadbed.delivery.metrics.rules.estimates import count_interval
from roadbed.delivery.metrics.rules.figures import FAIL_RATE, FREQUENCY, LEAD_TIME, NAMES, RECOVERY, REWORK_RATE
from roadbed.ground.asks import measures
from roadbed.ground.asks.figures import DeliveryFigures, FigureToday
from roadbed.ground.asks.measures import DOWN, SECONDS, SHARE, SYSTEM, TEAM, UP, WEEKLY, Asked, Metric, Reading

PAGE: Final = "metrics:delivery"
METRICS: Final = (
    Metric(
        FREQUENCY, NAMES[FREQUENCY], WEEKLY, UP, (FAIL_RATE, REWORK_RATE),
        "More deployments are easily had by deploying what is not ready.", past=True, page=PAGE,
    ),
    Metric(
        LEAD_TIME, NAMES[LEAD_TIME], SECONDS, DOWN, (FAIL_RATE, REWORK_RATE),
        "A shorter way is easily had by leaving out review and tests.", past=True, page=PAGE,
    ),
    Metric(
        FAIL_RATE, NAMES[FAIL_RATE], SHARE, DOWN, (FREQUENCY, LEAD_TIME),
        "Who deploys less breaks less, and in larger pieces.", past=True, page=PAGE,
    ),
    Metric(
        RECOVERY, NAMES[RECOVERY], SECONDS, DOWN, (FAIL_RATE,),
        "It looks better when harm is called over early, or small failures are added.", past=True, page=PAGE,
    ),
    Metric(
        REWORK_RATE, NAMES[REWORK_RATE], SHARE, DOWN, (FREQUENCY, FAIL_RATE),
        "It looks better when fixes wait for the next feature.", past=True, page=PAGE,
    ),
)  # fmt: skip


def supply() -> None:
    """Hang them in."""
    for metric in METRICS:
        measures.supply(metric, partial(measure, metric.key))


def measure(key: str, asked: Asked) -> Reading:
    """One of the five."""
    days = max(1, round((asked.until - asked.since).total_seconds() / 86400))
    team, system = (asked.name if asked.scope == scope else "" for scope in (TEAM, SYSTEM))
    today = delivery_figures(DeliveryFigures(now=asked.until, team=team, system=system, days=days))
    one = next(figure for figure in today.figures if figure.metric == key)
    if one.value is None:
        return Reading(None, one.n, why=one.why)
    low, high = _per_week(one) if key == FREQUENCY else (one.low, one.high)
    return Reading(one.value, one.n, low, high)


def _per_week(one: FigureToday) -> tuple[float, float]:
    # The figure's own ends are its quietest and its busiest week; a comparison needs how sure the mean is.
    low, high = count_interval(one.n)
    weeks = one.n / one.value if one.value else 1.0
    return low / weeks, high / weeks
