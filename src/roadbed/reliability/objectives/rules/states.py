"""The five states of a minute."""

from __future__ import annotations

from typing import Final

from roadbed.reliability.objectives.rules.targets import Target

GOOD: Final = "good"
BAD: Final = "bad"
IDLE: Final = "idle"
UNMEASURED: Final = "unmeasured"
EXCLUDED: Final = "excluded"
BEFORE: Final = "before"
"""No state of a minute: there was no promise yet."""
STATES: Final = (GOOD, BAD, IDLE, UNMEASURED, EXCLUDED)


def state_of(*, measured: bool, good: int, total: int, target: Target | None) -> str:
    """How a minute is judged: bad when it alone falls short of the target, idle when nothing was asked in it.

    More good events than events is a broken indicator; such a minute is bad, never better than all. Without a target
    all of it must be good.
    """
    if not measured:
        return UNMEASURED
    if total == 0:
        return IDLE if good == 0 else BAD
    short = good < total if target is None else good * target.of < target.good * total
    return BAD if short or good > total else GOOD
