"""What flags register with the ground: their place in the sidebar."""

from __future__ import annotations

from roadbed.delivery.flags import news
from roadbed.delivery.flags.forgetting import forget
from roadbed.ground.demo import forgetting
from roadbed.ground.shell import nav
from roadbed.ground.shell.nav import Entry


def wire() -> None:
    """Hang the entry into the shell."""
    forgetting.register("flags", forget)
    nav.add(Entry("Flags", "flag", "flags:list", course="delivery"))
    news.supply()
