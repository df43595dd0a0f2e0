"""What objectives register with the ground: their gate and their reactions."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.gates import usecases as gates
from roadbed.ground.ledger import reactions
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.jobs import READ, RETIRE
from roadbed.reliability.objectives.spending import spent


def wire() -> None:
    """Let error budgets answer at the gate, say what was spent, and read files after deployments."""
    gates.register("error-budget", error_budget)
    asks.answer_with(asks.BudgetSpent, spent)
    reactions.register(READ)
    reactions.register(RETIRE)
