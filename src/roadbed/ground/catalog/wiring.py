"""What the catalogue registers: how the entities of a demo leave."""

from __future__ import annotations

from roadbed.ground.catalog.forgetting import forget
from roadbed.ground.demo import forgetting


def wire() -> None:
    """Say how to forget."""
    forgetting.register("catalog", forget, when=forgetting.THINGS)
