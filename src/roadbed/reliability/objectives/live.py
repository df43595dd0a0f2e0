"""The objectives that are evaluated now, as values with exact targets and read indicators."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.indicators import Indicator, indicator_of
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class Live:
    """One objective to sample and evaluate."""

    pk: int
    uid: str
    service_uid: str
    service_name: str
    name: str
    title: str
    series: int
    target: Target
    window: int
    indicator: Indicator


def live_objectives() -> tuple[Live, ...]:
    """All objectives that were not ended."""
    columns = ("pk", "uid", "service_uid", "service_name", "name", "title", "series", "target")
    rows = Objective.objects.filter(removed_at=None).order_by("pk").values_list(*columns, "window_minutes", "indicator")
    return tuple(
        Live(pk, uid, service, name, own, title, series, Target.exactly(target), window, _indicator(json.dumps(sli)))
        for pk, uid, service, name, own, title, series, target, window, sli in rows
    )


@lru_cache(maxsize=4096)
def _indicator(data: str) -> Indicator:
    return indicator_of(json.loads(data))
