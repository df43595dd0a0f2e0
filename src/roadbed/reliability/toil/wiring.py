"""What toil registers with the ground: its reaction, how a demo's toil leaves, and its place in the sidebar."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import reactions
from roadbed.ground.shell import nav
from roadbed.reliability.toil import measures
from roadbed.reliability.toil.forgetting import forget
from roadbed.reliability.toil.jobs import CAPTURE


def wire() -> None:
    """Capture toil from alerts that end, and show the way to the page."""
    forgetting.register("toil", forget)
    reactions.register(CAPTURE)
    measures.supply()
    nav.add(nav.Entry("Toil", "repeat", "toil:toil", course="reliability"))
