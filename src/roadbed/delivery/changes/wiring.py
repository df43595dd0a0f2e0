"""What the room follows in the ledger."""

from __future__ import annotations

from roadbed.delivery.changes.projecting import DEPLOYMENTS
from roadbed.ground.ledger import projections


def wire() -> None:
    """Follow the facts of deployments."""
    projections.register(DEPLOYMENTS)
