"""What the golden paths register: what they made, and how the scaffolds of a demo leave."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.counted import GoldenPaths
from roadbed.ground.demo import forgetting
from roadbed.platform.paths import measures
from roadbed.platform.paths.forgetting import forget
from roadbed.platform.paths.today import made_on_paths


def wire() -> None:
    """Say what was made, and how to forget."""
    asks.answer_with(GoldenPaths, made_on_paths)
    forgetting.register("paths", forget)
    measures.supply()
