"""What the diagnostic registers: how it forgets a demo, and where people stand by their answers."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.advice import DiagnosticStanding
from roadbed.ground.demo import forgetting
from roadbed.organization.diagnostic import queries
from roadbed.organization.diagnostic.forgetting import forget


def wire() -> None:
    """Answer where people stand."""
    forgetting.register("diagnostic", forget)
    asks.answer_with(DiagnosticStanding, queries.standing)
