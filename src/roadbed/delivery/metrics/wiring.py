"""What the room follows in the ledger, answers to others and shows in the sidebar."""

from __future__ import annotations

from roadbed.delivery.metrics import measures
from roadbed.delivery.metrics.answering import delivery_figures
from roadbed.delivery.metrics.flow import measures as flow_measures
from roadbed.delivery.metrics.flow.beginnings import BEGINNINGS
from roadbed.delivery.metrics.flow.forgetting import forget
from roadbed.delivery.metrics.flow.keeping import FLOW
from roadbed.delivery.metrics.flow.testing.keeping import TESTS
from roadbed.delivery.metrics.flow.testing.usecases import report_ran
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.ground import asks
from roadbed.ground.asks.figures import DeliveryFigures
from roadbed.ground.asks.testing import ReportTests
from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import projections
from roadbed.ground.shell import nav


def wire() -> None:
    """Follow deployments, incidents, changes, builds and tests; tell whoever asks for today's figures."""
    for projection in (METRICS, FLOW, TESTS, BEGINNINGS):
        projections.register(projection)
    forgetting.register("metrics", forget)
    asks.answer_with(DeliveryFigures, delivery_figures)
    asks.answer_with(ReportTests, report_ran)
    measures.supply()
    flow_measures.supply()
    nav.add(nav.Entry("Metrics", "chart-line", "metrics:delivery", course="delivery", under=("/delivery",)))
