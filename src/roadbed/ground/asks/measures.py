"""Metrics that rooms measure of a team, a system or everybody: each room hangs its own in, whoever needs one asks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from roadbed.ground.errors import Refusal

log = structlog.get_logger(__name__)

TEAM, SYSTEM, ORGANIZATION = "team", "system", "organization"
SCOPES: Final = (TEAM, SYSTEM, ORGANIZATION)
SECONDS, SHARE, WEEKLY, LINES = "s", "share", "a week", "lines"
UNITS: Final = (SECONDS, SHARE, WEEKLY, LINES)
UP, DOWN = "up", "down"
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figure, of which span.

    Attributes:
        scope: one of SCOPES; `name` is the team's or the system's, empty for everybody.
        since, until: the span; `until` is now for a figure of today.
        now: as of when it is known what is over.
    """

    scope: str
    name: str
    since: datetime
    until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured.

    Attributes:
        value: None where there is no data, never 0 for that; in the metric's unit.
        n: observations that it rests on.
        low, high: the ends of its 95% interval; both the value itself where everything was counted and nothing
            sampled, None where so few observations have no interval.
        why: why there is no value, in words.
    """

    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that a room can measure.

    Attributes:
        better: up or down.
        counters: metrics that get worse when this one is chased alone; `tempts` says how.
        past: whether spans that ended before now can be measured too.
        page: the url name of the page that has the rows behind it; empty for none.
    """

    key: str
    name: str
    unit: str
    better: str
    counters: tuple[str, ...] = ()
    tempts: str = ""
    past: bool = False
    page: str = ""


Measure = Callable[[Asked], Reading]
_measures: dict[str, tuple[Metric, Measure]] = {}


def supply(metric: Metric, measure: Measure) -> None:
    """Say that a room measures a metric; called by its wiring."""
    _measures[metric.key] = (metric, measure)


def metrics() -> tuple[Metric, ...]:
    """All that can be measured, in the order in which rooms were wired."""
    return tuple(metric for metric, _ in _measures.values())


def metric(key: str) -> Metric | None:
    """One of them; None where no room that is installed measures it."""
    found = _measures.get(key)
    return None if found is None else found[0]


def measure(key: str, asked: Asked) -> Reading:
    """Measure one metric; whatever cannot be measured is a reading without a value that says why."""
    found = _measures.get(key)
    if found is None:
        return Reading(None, why="No room that is installed measures this.")
    kind, measuring = found
    if asked.until < asked.now and not kind.past:
        return Reading(None, why="Only today's figure is known.")
    try:
        return measuring(asked)
    except Refusal as refusal:
        return Reading(None, why=refusal.detail)
    except Exception:
        # One room's fault must not take the others' figures away.
        log.exception("measures.failed", metric=key, scope=asked.scope)
        return Reading(None, why="It could not be measured now; the log says why.")


def share_of(hits: int, of: int, *, why: str) -> Reading:
    """A share with Wilson's 95% interval; of nothing there is no value, and `why` says so."""
    if of == 0:
        return Reading(None, why=why)
    share, scale = hits / of, 1 + _Z95**2 / of
    middle = (share + _Z95**2 / (2 * of)) / scale
    reach = _Z95 / scale * math.sqrt(share * (1 - share) / of + _Z95**2 / (4 * of * of))
    return Reading(share, of, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)))
