"""What a goal tempts to: the metrics that get worse when one is chased alone, and whether somebody watches them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from roadbed.ground.asks.measures import Metric


@dataclass(frozen=True, slots=True)
class Counter:
    """A metric to be seen beside a goal; `goal` says that it has one of its own."""

    metric: Metric
    goal: bool


def counters_of(metric: Metric, known: Collection[Metric], goals: Collection[str]) -> tuple[Counter, ...]:
    """Those of the counter-metrics that somebody measures, with whether the same team has a goal on each."""
    by_key = {one.key: one for one in known}
    return tuple(Counter(by_key[key], key in goals) for key in metric.counters if key in by_key)


def warning_of(metric: Metric, counters: Collection[Counter]) -> str:
    """What to mind, empty where one of the counter-metrics has a goal as well."""
    if not counters or any(one.goal for one in counters):
        return ""
    names = " or ".join(one.metric.name.lower() for one in counters)
    return f"{metric.tempts} Set a goal on {names} beside it, or look at both."
