"""What secrets answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.demo import forgetting
from roadbed.platform.secrets import usecases
from roadbed.platform.secrets.forgetting import forget


def wire() -> None:
    """Answer the room that deploys."""
    forgetting.register("secrets", forget)
    asks.answer_with(asks.ResolveSecrets, usecases.resolve)
