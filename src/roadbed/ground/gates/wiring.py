"""The gate's place in the sidebar."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.gates import news
from roadbed.ground.gates.forgetting import forget
from roadbed.ground.shell import nav
from roadbed.ground.shell.nav import Entry


def wire() -> None:
    """Hang it in."""
    forgetting.register("gates", forget)
    news.supply()
    nav.add(Entry("Gate decisions", "barrier-block", "gates:list", course="delivery"))
