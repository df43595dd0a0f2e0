"""What the golden paths register: how the scaffolds of a demo leave."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.platform.paths.forgetting import forget


def wire() -> None:
    """Say how to forget."""
    forgetting.register("paths", forget)
