"""Adds the demo's services to what is measured; without a demo there are none."""

from __future__ import annotations

from roadbed.config.demo.meter import workloads
from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkloads


def wire() -> None:
    """Let the sampler read the demo's pages."""
    services = asks.answerer_of(MeasuredWorkloads)
    asks.answer_with(MeasuredWorkloads, lambda question: (*services(question), *workloads()))
