"""What releases answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.platform.releases import queries


def wire() -> None:
    """Say which workloads the edge counts."""
    asks.answer_with(asks.MeasuredWorkloads, lambda _: queries.measured_workloads())
