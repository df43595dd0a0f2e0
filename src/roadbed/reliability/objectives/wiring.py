"""What objectives register with the ground: their gate and their reactions."""

from __future__ import annotations

from roadbed.ground.gates import usecases as gates
from roadbed.ground.ledger import reactions
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.jobs import READ, RETIRE


def wire() -> None:
    """Let error budgets answer at the gate, and read files after deployments."""
    gates.register("error-budget", error_budget)
    reactions.register(READ)
    reactions.register(RETIRE)
