"""What the room follows in the ledger, answers to others and shows in the sidebar."""

from __future__ import annotations

from roadbed.delivery.metrics import measures
from roadbed.delivery.metrics.answering import delivery_figures
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.ground import asks
from roadbed.ground.asks.figures import DeliveryFigures
from roadbed.ground.ledger import projections
from roadbed.ground.shell import nav


def wire() -> None:
    """Follow deployments and incidents; tell whoever asks for today's figures."""
    projections.register(METRICS)
    asks.answer_with(DeliveryFigures, delivery_figures)
    measures.supply()
    nav.add(nav.Entry("Metrics", "chart-line", "metrics:delivery", course="delivery", under=("/delivery",)))
