"""What secrets answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks import sealed
from roadbed.ground.demo import forgetting
from roadbed.platform.secrets import sealing, usecases
from roadbed.platform.secrets.forgetting import forget


def wire() -> None:
    """Answer the room that deploys, and rooms that keep a secret of their own."""
    forgetting.register("secrets", forget)
    asks.answer_with(asks.ResolveSecrets, usecases.resolve)
    asks.answer_with(asks.Seal, sealing.seal)
    asks.answer_with(asks.Unseal, sealing.unseal)
    sealed.register("secrets", sealing.VERSIONS)
