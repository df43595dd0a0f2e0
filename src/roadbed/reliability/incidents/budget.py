"""What the objectives of the harmed services spent while there was harm, asked of whoever counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent, SpentBudget
from roadbed.ground.errors import Unavailable
from roadbed.reliability.incidents.values import IncidentView


@dataclass(frozen=True, slots=True)
class Spent:
    """What one objective of one service spent."""

    service: str
    by: SpentBudget


def spent(view: IncidentView, now: datetime) -> tuple[Spent, ...] | None:
    """What each objective of each harmed service spent by this; None where no room counts it."""
    end = view.harm_ended_at or now
    services = ((view.service_uid, view.service), *((one.service_uid, one.service) for one in view.further))
    try:
        return tuple(
            Spent(name, one) for uid, name in services for one in asks.put(BudgetSpent(uid, view.started_at, end))
        )
    except Unavailable:
        return None
