"""What runbooks register with the ground: what they answer, when repositories are read, their place in the sidebar."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import RunbooksFor
from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import reactions
from roadbed.ground.shell import nav
from roadbed.platform.runbooks import queries
from roadbed.platform.runbooks.forgetting import forget
from roadbed.platform.runbooks.jobs import READ


def wire() -> None:
    """Say which runbook serves a trouble, and follow deployments."""
    forgetting.register("runbooks", forget)
    asks.answer_with(RunbooksFor, queries.offered)
    reactions.register(READ)
    nav.add(nav.Entry("Runbooks", "book-2", "runbooks:list", course="platform"))
