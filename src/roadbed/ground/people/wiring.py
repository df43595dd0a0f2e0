"""What people register: how those of a demo leave."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.people.forgetting import forget


def wire() -> None:
    """Say how to forget."""
    forgetting.register("people", forget, when=forgetting.OWNERS)
