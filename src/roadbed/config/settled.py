"""What every long-lived process does before and after it loads everything that it needs."""

from __future__ import annotations

import gc


def loading() -> None:
    """Let the collector of cycles rest while everything is loaded: it would go over all of it again and again."""
    gc.disable()


def settled() -> None:
    """Set apart from the collector of cycles what was loaded until now, since all of it stays, and have it work again.

    A full run over it would take tens of milliseconds in the middle of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
