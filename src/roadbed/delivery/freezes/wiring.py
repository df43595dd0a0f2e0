"""What the room registers: its gate, and its place in the sidebar."""

from __future__ import annotations

from roadbed.delivery.freezes.forgetting import forget
from roadbed.delivery.freezes.gate import freeze
from roadbed.ground.demo import forgetting
from roadbed.ground.gates import usecases as gates
from roadbed.ground.shell import nav
from roadbed.ground.shell.nav import Entry


def wire() -> None:
    """Answer the gate."""
    forgetting.register("freezes", forget)
    gates.register("freeze", freeze)
    nav.add(Entry("Freezes", "calendar", "freezes:list", course="delivery"))
