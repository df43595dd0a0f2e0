"""What objectives register with the ground: their gate and their reactions."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.counted import DaysKept
from roadbed.ground.asks.figures import ObjectiveStands, ReliabilityFigures
from roadbed.ground.asks.runbooks import Promises
from roadbed.ground.demo import forgetting
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.showing import link_rules
from roadbed.ground.ledger import reactions
from roadbed.reliability.objectives import measures
from roadbed.reliability.objectives.daily import days_kept
from roadbed.reliability.objectives.forgetting import forget
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.jobs import READ, RETIRE
from roadbed.reliability.objectives.policy_views import address_of_rule
from roadbed.reliability.objectives.promised import promises
from roadbed.reliability.objectives.spending import spent
from roadbed.reliability.objectives.today import objective_stands, reliability_figures


def wire() -> None:
    """Let error budgets answer at the gate, say what was spent and how they stand, and read files after deployments."""
    forgetting.register("objectives", forget)
    gates.register("error-budget", error_budget)
    link_rules(address_of_rule)
    asks.answer_with(asks.BudgetSpent, spent)
    asks.answer_with(DaysKept, days_kept)
    asks.answer_with(ReliabilityFigures, reliability_figures)
    asks.answer_with(ObjectiveStands, objective_stands)
    measures.supply()
    asks.answer_with(Promises, promises)
    reactions.register(READ)
    reactions.register(RETIRE)
