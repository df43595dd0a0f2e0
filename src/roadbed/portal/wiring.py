"""The sidebar in its order: an entry whose room offers no such page yet is not drawn."""

from __future__ import annotations

from roadbed.ground.shell import nav
from roadbed.ground.shell.nav import Entry


def wire() -> None:
    """Hang the entries into the shell."""
    nav.add(
        Entry("Home", "home", "portal:home"),
        Entry("Catalogue", "stack-2", "portal:catalogue", under=("/services/",)),
        Entry("Layers", "layers-subtract", "layers:layers", under=("/diagnostic",)),
        Entry("Teams", "user-share", "people:teams"),
        Entry("Objectives", "target", "objectives:list", course="reliability"),
        Entry("Golden paths", "route", "paths:list", course="platform"),
    )
