"""What the room follows in the ledger, reads out of the inbox, answers to others and shows in the sidebar."""

from __future__ import annotations

from roadbed.delivery.changes.answering import derive_kind, service_homes
from roadbed.delivery.changes.forgetting import forget
from roadbed.delivery.changes.linking.keeping import CHANGES
from roadbed.delivery.changes.projecting import DEPLOYMENTS
from roadbed.delivery.changes.sources import reading
from roadbed.delivery.changes.sources.renewing import SOURCES
from roadbed.ground import asks
from roadbed.ground.asks import sealed
from roadbed.ground.asks.homes import ServiceHomes
from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import projections
from roadbed.ground.shell import nav


def wire() -> None:
    """Follow deployments and changes, read what sources post, and say what kind a change is."""
    projections.register(DEPLOYMENTS)
    projections.register(CHANGES)
    reading.register()
    sealed.register("changes", SOURCES)
    forgetting.register("changes", forget)
    asks.answer_with(asks.DeriveKind, derive_kind)
    asks.answer_with(ServiceHomes, service_homes)
    nav.add(nav.Entry("Sources", "link", "changes:sources", course="delivery", rank=1))
