"""What the room follows in the ledger."""

from __future__ import annotations

from roadbed.delivery.changes.answering import derive_kind
from roadbed.delivery.changes.projecting import DEPLOYMENTS
from roadbed.ground import asks
from roadbed.ground.ledger import projections


def wire() -> None:
    """Follow the facts of deployments, and say what kind a change is."""
    projections.register(DEPLOYMENTS)
    asks.answer_with(asks.DeriveKind, derive_kind)
