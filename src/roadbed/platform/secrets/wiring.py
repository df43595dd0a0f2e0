"""What secrets answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.platform.secrets import usecases


def wire() -> None:
    """Answer the room that deploys."""
    asks.answer_with(asks.ResolveSecrets, usecases.resolve)
