"""Background work of delivery metrics: judge the services that have news."""

from __future__ import annotations

from typing import Any

from roadbed.delivery.metrics.flow import jobs as flow
from roadbed.delivery.metrics.projecting import NAME
from roadbed.delivery.metrics.sharing import settle_all as settle_in_parts
from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import projections

__all__ = ["flow", "settle_all"]


@job("metrics.settle", attempts=1, time_limit=3600.0, every=5.0)
def settle_all(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Judge what the worker's turns left, as after a rebuild, when every service has news."""
    if not projections.is_rebuilding(NAME):
        settle_in_parts()
