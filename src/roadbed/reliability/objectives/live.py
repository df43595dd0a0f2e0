"""The objectives that are evaluated now, as values with exact targets and read indicators."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.db.models import F, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from roadbed.reliability.objectives.models import Objective, Series
from roadbed.reliability.objectives.rules.budgeting import Budgeting, budgeting_from_data
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.indicators import Indicator, indicator_of
from roadbed.reliability.objectives.rules.periods import Window, window_from_data
from roadbed.reliability.objectives.rules.tables import Table, table_of
from roadbed.reliability.objectives.rules.targets import Target

SINCE: Final = Coalesce(
    Subquery(Series.objects.filter(pk=OuterRef("series")).values("created_at")[:1]), F("created_at")
)
"""Since when an objective counts what it counts now: another indicator is another series, with its own beginning."""


def since_of(row: Objective) -> int:
    """The minute in which the series of a row was begun that does not say it itself."""
    begun = Series.objects.filter(pk=row.series).values_list("created_at", flat=True).first()
    return minute_of(begun or row.created_at)


@dataclass(frozen=True, slots=True)
class Live:
    """One objective to sample and evaluate.

    Attributes:
        since: the minute in which its series was begun; what was never counted before it was not promised either.
        judged: what a minute by itself is held against.
    """

    pk: int
    uid: str
    service_uid: str
    service_name: str
    name: str
    title: str
    series: int
    since: int
    target: Target
    window: Window
    indicator: Indicator
    budgeting: Budgeting
    table: Table
    judged: Target | None


def live_objectives(**only: Any) -> tuple[Live, ...]:
    """All objectives that were not ended, or those of them with certain columns."""
    columns = (
        "pk",
        "uid",
        "service_uid",
        "service_name",
        "name",
        "title",
        "series",
        "target",
        "window_minutes",
        "alerts",
    )
    # As text what is alike in many rows is read once.
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("window", "budgeting", "indicator")}
    rows = Objective.objects.filter(removed_at=None, **only).annotate(since=SINCE, **texts).order_by("pk")
    return tuple(_live(*row) for row in rows.values_list(*columns, *texts, "since"))


def _live(*row: Any) -> Live:
    pk, uid, service_uid, service_name, name, title, series, target, minutes, alerts, *texts, since = row
    window, budgeting, indicator = texts
    exact, method = _target(target), _budgeting(budgeting)
    return Live(
        pk=pk,
        uid=uid,
        service_uid=service_uid,
        service_name=service_name,
        name=name,
        title=title,
        series=series,
        since=minute_of(since),
        target=exact,
        window=_rolling(minutes) if window == "{}" else _window(window),
        indicator=_indicator(indicator),
        budgeting=method,
        table=table_of(alerts),
        judged=_judged(method, exact),
    )


def window_kept(data: dict[str, Any], minutes: int) -> Window:
    """The window of an objective's row; one that says nothing rolls over so many minutes."""
    return _window(json.dumps(data)) if data else _rolling(minutes)


@lru_cache(maxsize=4096)
def _window(data: str) -> Window:
    return window_from_data(json.loads(data))


@lru_cache(maxsize=4096)
def _rolling(minutes: int) -> Window:
    return Window.rolling(minutes)


@lru_cache(maxsize=4096)
def _target(share: Decimal) -> Target:
    return Target.exactly(share)


@lru_cache(maxsize=4096)
def _budgeting(data: str) -> Budgeting:
    return budgeting_from_data(json.loads(data))


@lru_cache(maxsize=4096)
def _judged(budgeting: Budgeting, target: Target) -> Target | None:
    return budgeting.judges_by(target)


@lru_cache(maxsize=4096)
def _indicator(data: str) -> Indicator:
    return indicator_of(json.loads(data))
