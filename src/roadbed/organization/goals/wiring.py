"""What goals register with the ground: their place in the sidebar, news, blocks on others' pages, how a demo leaves."""

from __future__ import annotations

from roadbed.ground.demo import forgetting
from roadbed.ground.shell import blocks, nav
from roadbed.organization.goals import news
from roadbed.organization.goals.forgetting import forget
from roadbed.organization.goals.showing import on_service, on_team


def wire() -> None:
    """Hang them in."""
    forgetting.register("goals", forget)
    news.supply()
    blocks.add(blocks.TEAM, "goals", on_team)
    blocks.add(blocks.SERVICE, "goals", on_service)
    nav.add(nav.Entry("Goals", "stairs-up", "goals:list", rank=1))
