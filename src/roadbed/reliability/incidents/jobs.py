"""Background work of incidents: what pages set off."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.jobs.registry import Abandon, job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents import reacting

OPENED: Final = Reaction(name="incidents.open", kinds=frozenset({"alert.opened"}), job="incidents.open")
CLOSED: Final = Reaction(name="incidents.close", kinds=frozenset({"alert.closed"}), job="incidents.close")
LED: Final = Reaction(name="incidents.lead", kinds=frozenset({"page.acknowledged"}), job="incidents.lead")


@job("incidents.open", attempts=8, backoff=(0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0))
def open_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Open an incident for an alert."""
    reacting.alert_opened(_fact(payload), now=timezone.now())


@job("incidents.close")
def close_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Note that an alert is over."""
    reacting.alert_closed(_fact(payload), now=timezone.now())


@job("incidents.lead")
def lead_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Let who acknowledged lead."""
    reacting.acknowledged(_fact(payload), now=timezone.now())


def _fact(payload: dict[str, Any]) -> FactView:
    found = ledger.fact(payload["fact"])
    if found is None:
        raise Abandon(f"there is no fact {payload['fact']}")
    return found
