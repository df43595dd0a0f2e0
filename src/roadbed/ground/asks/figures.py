"""Questions for today's figures of delivery and reliability, put by whoever shows them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class DeliveryFigures(Ask["DeliveryToday"]):
    """The five DORA metrics of a team or a system, or of all where none is named, over the days before `now`."""

    now: datetime
    team: str = ""
    days: int = 28
    system: str = ""


@dataclass(frozen=True, slots=True)
class FigureToday:
    """One figure. `value` is None where there is no data, and `why` says why; unit is s, share or a week."""

    metric: str
    name: str
    value: float | None
    unit: str
    n: int
    low: float | None
    high: float | None
    why: str


@dataclass(frozen=True, slots=True)
class DeliveryToday:
    """The five, and the services of which no deployment was ever told."""

    figures: tuple[FigureToday, ...]
    silent: tuple[str, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class ReliabilityFigures(Ask["ReliabilityToday"]):
    """How the objectives stand now, of some services or of all."""

    service_uids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReliabilityToday:
    """How objectives stand.

    Attributes:
        objectives: how many there are.
        told: how many of them have a budget that can be told now; idle, unmeasured and broken ones have none.
        within: of those, how many have budget left; None where none can be told.
        lowest: the least that is left of any of them, as a share; None where none can be told.
        standings: how many stand how, by the words within, at-risk, burning, spent, idle, unmeasured, broken.
        services: uids of the services that have an objective.
        strict: how many objectives promise 99.9% or more.
        as_of: the oldest evaluation among them; None where one was never evaluated.
    """

    objectives: int
    told: int
    within: int | None
    lowest: float | None
    standings: Mapping[str, int]
    services: tuple[str, ...]
    as_of: datetime | None
    strict: int = 0


@dataclass(frozen=True, slots=True)
class ObjectiveStands(Ask["str | None"]):
    """How one objective stands, in one sentence with its figure and when it was counted; None where there is none.

    `reference` is its uid, or SERVICE/NAME.
    """

    reference: str
