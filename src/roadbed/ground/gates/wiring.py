"""The gate's place in the sidebar."""

from __future__ import annotations

from roadbed.ground.shell import nav
from roadbed.ground.shell.nav import Entry


def wire() -> None:
    """Hang it in."""
    nav.add(Entry("Gate decisions", "barrier-block", "gates:list", course="delivery"))
