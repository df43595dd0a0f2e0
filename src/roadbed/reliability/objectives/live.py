"""The objectives that are evaluated now, as values with exact targets and read indicators."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.budgeting import Budgeting, budgeting_from_data
from roadbed.reliability.objectives.rules.indicators import Indicator, indicator_of
from roadbed.reliability.objectives.rules.periods import Window, window_from_data
from roadbed.reliability.objectives.rules.tables import Table, table_of
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class Live:
    """One objective to sample and evaluate; `judged` is what a minute by itself is held against."""

    pk: int
    uid: str
    service_uid: str
    service_name: str
    name: str
    title: str
    series: int
    target: Target
    window: Window
    indicator: Indicator
    budgeting: Budgeting
    table: Table
    judged: Target | None


def live_objectives(**only: Any) -> tuple[Live, ...]:
    """All objectives that were not ended, or those of them with certain columns."""
    columns = ("pk", "uid", "service_uid", "service_name", "name", "title", "series", "target")
    timing = ("window_minutes", "window", "budgeting", "alerts")
    rows = Objective.objects.filter(removed_at=None, **only).order_by("pk").values_list(*columns, *timing, "indicator")
    return tuple(_live(*row) for row in rows)


def live_of(row: Objective) -> Live:
    """An objective's row as it is evaluated, also one that has ended."""
    timing = (row.window_minutes, row.window, row.budgeting, row.alerts)
    named = (row.pk, row.uid, row.service_uid, row.service_name, row.name, row.title, row.series, row.target)
    return _live(*named, *timing, row.indicator)


def _live(*row: Any) -> Live:
    pk, uid, service_uid, service_name, name, title, series, target, minutes, window, budgeting, alerts, indicator = row
    exact, method = _target(str(target)), _budgeting(json.dumps(budgeting))
    return Live(
        pk=pk,
        uid=uid,
        service_uid=service_uid,
        service_name=service_name,
        name=name,
        title=title,
        series=series,
        target=exact,
        window=window_kept(window, minutes),
        indicator=_indicator(json.dumps(indicator)),
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
def _target(share: str) -> Target:
    return Target.exactly(Decimal(share))


@lru_cache(maxsize=4096)
def _budgeting(data: str) -> Budgeting:
    return budgeting_from_data(json.loads(data))


@lru_cache(maxsize=4096)
def _judged(budgeting: Budgeting, target: Target) -> Target | None:
    return budgeting.judges_by(target)


@lru_cache(maxsize=4096)
def _indicator(data: str) -> Indicator:
    return indicator_of(json.loads(data))
