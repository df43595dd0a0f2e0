"""Figures of flow as goals measure them, each beside what gets worse when it is chased alone."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial
from typing import Final

from django.db.models import Count, Q, Sum

from roadbed.delivery.metrics.flow import digesting
from roadbed.delivery.metrics.flow.models import WeekOfTest
from roadbed.delivery.metrics.flow.queries import where_of
from roadbed.delivery.metrics.flow.rules.days import total
from roadbed.delivery.metrics.flow.rules.figures import AGE, BROKEN, BUILD, LINES, NAMES, REVIEW, UNREVIEWED, figures
from roadbed.delivery.metrics.flow.rules.flaking import week_of
from roadbed.delivery.metrics.histories import Scope, scope_of
from roadbed.delivery.metrics.rules.figures import FAIL_RATE, LEAD_TIME, REWORK_RATE
from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import DOWN, SECONDS, SHARE, SYSTEM, TEAM, Asked, Metric, Reading

FLAKY: Final = "flaky_tests"
PAGE: Final = "metrics:flow"
METRICS: Final = (
    Metric(
        AGE, NAMES[AGE], SECONDS, DOWN, (FAIL_RATE, BROKEN),
        "Branches are young when what is not ready is merged.", page=PAGE,
    ),
    Metric(
        LINES, NAMES[LINES], measures.LINES, DOWN, (LEAD_TIME, REWORK_RATE),
        "Changes are small when one thing is cut into pieces that cannot stand alone.", page=PAGE,
    ),
    Metric(
        REVIEW, NAMES[REVIEW], SECONDS, DOWN, (UNREVIEWED, FAIL_RATE),
        "A first review comes soon when it is waved through, or left out.", page=PAGE,
    ),
    Metric(
        UNREVIEWED, NAMES[UNREVIEWED], SHARE, DOWN, (REVIEW, LEAD_TIME),
        "Everything is reviewed when a review is a click, and then it waits for the click.", page=PAGE,
    ),
    Metric(
        BUILD, NAMES[BUILD], SECONDS, DOWN, (FAIL_RATE, FLAKY),
        "Builds are short when tests are left out.", page=PAGE,
    ),
    Metric(
        BROKEN, NAMES[BROKEN], SHARE, DOWN, (AGE, FAIL_RATE),
        "Builds fail less when work stays away from the trunk, or less is checked.", page=PAGE,
    ),
    Metric(
        FLAKY, "Tests that flake", SHARE, DOWN, (FAIL_RATE, REWORK_RATE),
        "Tests stop flaking when they are deleted.", page=PAGE,
    ),
)  # fmt: skip


def supply() -> None:
    """Hang them in."""
    for metric in METRICS:
        measures.supply(metric, partial(measure, metric.key))


def measure(key: str, asked: Asked) -> Reading:
    """One of them, over whole days in UTC."""
    team, system = (asked.name if asked.scope == scope else "" for scope in (TEAM, SYSTEM))
    scope = scope_of("", team, system)
    if key == FLAKY:
        return _flaky(scope, asked)
    last = asked.until.astimezone(UTC).date()
    first = last - (asked.until - asked.since) + timedelta(days=1)
    held, _ = digesting.read(where_of(scope).digests, since=first, until=last)
    told = figures(total(one.told for one in held), working_days=0, reds=())
    one = next(figure for figure in told if figure.figure == key)
    return Reading(one.value, one.n, one.low, one.high, one.why)


def _flaky(scope: Scope, asked: Asked) -> Reading:
    """The share of tests that failed and passed on one commit, of those that ran in the weeks of the span."""
    rows = WeekOfTest.objects.filter(
        commits__gt=0, week__gte=week_of(asked.since.astimezone(UTC)), week__lte=asked.until.astimezone(UTC).date()
    )
    if not scope.everybody:
        rows = rows.filter(service_uid__in=[one.uid for one in scope.services])
    tests = rows.values("service_uid", "key").annotate(times=Sum("flaked"))
    found = tests.aggregate(ran=Count("key"), flaked=Count("key", filter=Q(times__gt=0)))
    return measures.share_of(found["flaked"], found["ran"], why="No report of tests was told.")
