"""What the room shows in the sidebar."""

from __future__ import annotations

from roadbed.ground.shell import nav


def wire() -> None:
    """Hang the page into the shell."""
    nav.add(nav.Entry("Layers", "layers-subtract", "layers:layers"))
