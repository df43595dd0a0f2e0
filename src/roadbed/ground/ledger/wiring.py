"""What the ledger registers: how the facts of a demo leave."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.ledger.forgetting import forget


def wire() -> None:
    """Say how to forget."""
    forgetting.register("ledger", forget, when=forgetting.FACTS)
