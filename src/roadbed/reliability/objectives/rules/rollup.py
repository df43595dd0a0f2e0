"""Objectives rolled up: how many stand how, what was attained of each kind, what is worst. No average of averages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.reliability.objectives.rules.evaluation import (
    AT_RISK,
    BROKEN,
    BURNING,
    IDLE,
    SPENT,
    STANDINGS,
    UNMEASURED,
    WITHIN,
)
from roadbed.reliability.objectives.rules.indicators import EDGE, ELSEWHERE, PUSHED

CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    WITHIN: (WITHIN,),
    AT_RISK: (AT_RISK, BURNING),
    SPENT: (SPENT,),
    UNMEASURED: (UNMEASURED, BROKEN),
    IDLE: (IDLE,),
}
"""Each standing is of one class, so that the classes of a group add up to its objectives."""

CLASS_OF: Final = {standing: name for name, standings in CLASSES.items() for standing in standings}
ORGANIZATION, TEAM, SYSTEM, SERVICE = "organization", "team", "system", "service"
SCOPES: Final = (ORGANIZATION, TEAM, SYSTEM)
WHOLE: Final = "all"
"""The name of the one organization."""

AVAILABILITY, LATENCY, THRESHOLD, EVENTS, OTHER = "availability", "latency", "threshold", "events", "other"


def kind_of(indicator: Mapping[str, Any]) -> str:
    """What an indicator's events are, so that only like ones are added up: answered, in time, under a limit, pushed."""
    text = json.dumps(indicator)
    if indicator.get("source") == ELSEWHERE:
        return OTHER
    if "threshold_ms" in text or "_bucket" in text or "histogram_fraction" in text:
        return LATENCY
    if "gauge" in text:
        return THRESHOLD
    if indicator.get("source") == PUSHED:
        return EVENTS
    return AVAILABILITY if indicator.get("source") == EDGE or indicator.get("source") else OTHER


@dataclass(frozen=True, slots=True)
class Line:
    """One objective as it is rolled up.

    Attributes:
        good, total: events, or minutes where its budget is one of time; `unit` says which.
        measured, counting: minutes with a reading, of those in which the promise held.
    """

    uid: str
    title: str
    name: str
    service: str
    owner: str
    system: str
    kind: str
    unit: str
    window: str
    standing: str
    remaining: float | None
    good: int
    total: int
    measured: int
    counting: int
    target_text: str = ""
    as_of: datetime | None = None

    @property
    def attainment(self) -> float | None:
        return self.good / self.total if self.total > 0 and 0 <= self.good <= self.total else None

    @property
    def coverage(self) -> float | None:
        return self.measured / self.counting if self.counting > 0 else None

    @property
    def state(self) -> str:
        """Its class."""
        return CLASS_OF[self.standing]


@dataclass(frozen=True, slots=True)
class KindSum:
    """What was attained of one kind over one window: every event counts once, whoever served it."""

    kind: str
    window: str
    unit: str
    objectives: int
    good: int
    total: int
    attainment: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """A system, a team or the organization.

    Attributes:
        states: how many objectives are of each class; they add up to `objectives`.
        kinds: what was attained, by kind and window; broken indicators and those without events are left out.
        worst: the objective that needs a person most.
        coverage: measured minutes of all objectives' minutes that count.
        as_of: the oldest evaluation among them; None where one was never evaluated.
    """

    scope: str
    name: str
    title: str
    services: int
    objectives: int
    states: Mapping[str, int]
    kinds: tuple[KindSum, ...]
    worst: Line | None
    measured: int
    counting: int
    coverage: float | None
    as_of: datetime | None


def rolled(scope: str, name: str, lines: Iterable[Line], *, title: str = "") -> Group:
    """The lines of one group put together."""
    held = sorted(lines, key=urgency)
    measured, counting = sum(one.measured for one in held), sum(one.counting for one in held)
    instants = [one.as_of for one in held if one.as_of is not None]
    return Group(
        scope=scope,
        name=name,
        title=title or name,
        services=len({one.service for one in held}),
        objectives=len(held),
        states={state: sum(one.state == state for one in held) for state in CLASSES},
        kinds=kinds_of(held),
        worst=held[0] if held else None,
        measured=measured,
        counting=counting,
        coverage=measured / counting if counting > 0 else None,
        as_of=min(instants) if held and len(instants) == len(held) else None,
    )


def kinds_of(lines: Iterable[Line]) -> tuple[KindSum, ...]:
    """Sums of events by kind, window and unit."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    for one in lines:
        if one.attainment is None:
            continue
        held = sums.setdefault((one.kind, one.window, one.unit), [0, 0, 0])
        held[0] += 1
        held[1] += one.good
        held[2] += one.total
    return tuple(
        KindSum(kind, window, unit, number, good, total, good / total)
        for (kind, window, unit), (number, good, total) in sorted(sums.items())
    )


def urgency(one: Line) -> tuple[int, float, str, str]:
    """By what lines are ordered: the one that needs a person most comes first."""
    return STANDINGS.index(one.standing), 1.0 if one.remaining is None else one.remaining, one.service, one.name
