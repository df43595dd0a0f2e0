"""Facts of tests that reach the projection as they do in a house: through the ledger, in the order they are told."""

from __future__ import annotations

from dataclasses import asdict

from roadbed.delivery.metrics.projecting import METRICS
from roadbed.delivery.metrics.tests.history import NOW
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import Fact, ProjectionCursor
from roadbed.ground.ledger.rules import FactView


def tell(*facts: FactView) -> None:
    """Record facts under their own names, and let the projection read them."""
    rows = [{name: value for name, value in asdict(one).items() if name != "position"} for one in facts]
    # Told again, a fact is refused by the ledger and read by nobody.
    Fact.objects.bulk_create([Fact(**row) for row in rows], ignore_conflicts=True)
    while projections.advance(METRICS, now=NOW):
        pass


def forget() -> None:
    """Begin with an empty ledger."""
    METRICS.clear()
    for table in (Fact, ProjectionCursor):
        table.objects.all().delete()
