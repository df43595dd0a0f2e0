"""What jobs register: how those of a demo leave."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.jobs.forgetting import forget


def wire() -> None:
    """Say how to forget."""
    forgetting.register("jobs", forget, when=forgetting.FACTS)
