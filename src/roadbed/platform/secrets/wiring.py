"""What secrets answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks


def wire() -> None:
    """Answer the room that deploys."""
    from roadbed.platform.secrets import usecases

    asks.answer_with(asks.ResolveSecrets, usecases.resolve)
