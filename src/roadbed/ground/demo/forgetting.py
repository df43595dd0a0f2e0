"""The registry of how rooms let go of what belongs to a demo; each registers its verb when it is wired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from roadbed.ground.demo.rules import Belongings, Gone

Forget = Callable[[Belongings], Gone]
"""Deletes every row of a room that belongs to the demo; done again it finds nothing."""

ROOMS, THINGS, OWNERS, FACTS = range(4)
"""Who goes when: rooms first, then what they hang on, then who owns that, and last the facts about all of it."""

_registered: Final[dict[str, tuple[int, Forget]]] = {}


def register(name: str, forget: Forget, *, when: int = ROOMS) -> None:
    """Let a room say how it forgets; called by its wiring."""
    _registered[name] = (when, forget)


def in_order() -> tuple[tuple[str, Forget], ...]:
    """All of them, in the order in which they are asked."""
    ordered = sorted(_registered.items(), key=lambda item: (item[1][0], item[0]))
    return tuple((name, forget) for name, (_, forget) in ordered)
