"""Whom an alert goes to, one step after the other, frozen when it opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

STEP_SECONDS: Final = 300
SHORTEST, LONGEST = 5, 86_400
CYCLES: Final = 12
ATTEMPTS: Final = 6
BACKOFF: Final = (2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds until a delivery is tried again, by attempt."""

ON_CALL, NEXT, TEAM, FALLBACK = "on call", "next in the rotation", "whole team", "fallback"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, and the uids of whom it pages."""

    name: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What an alert follows until somebody acknowledges it. The last step is the fallback."""

    step_seconds: int
    cycles: int
    steps: tuple[Step, ...]

    def as_data(self) -> dict[str, Any]:
        """As it is frozen with the alert."""
        return {
            "step_seconds": self.step_seconds,
            "cycles": self.cycles,
            "steps": [{"name": step.name, "people": list(step.people)} for step in self.steps],
        }


def frozen(data: Mapping[str, Any]) -> Policy:
    """A policy as it was frozen."""
    steps = tuple(Step(step["name"], tuple(step["people"])) for step in data["steps"])
    return Policy(step_seconds=data["step_seconds"], cycles=data["cycles"], steps=steps)


def policy_of(
    order: Sequence[str | None], team: Sequence[str], fallback: Sequence[str], *, step_seconds: int = STEP_SECONDS
) -> Policy:
    """On call, the next one, the whole team, then the fallback; a step can be empty and is passed at once.

    `order` begins with None where nobody is on call.
    """
    steps = (
        Step(ON_CALL, tuple(one for one in order[:1] if one)),
        Step(NEXT, tuple(one for one in order[1:2] if one)),
        Step(TEAM, tuple(team)),
        Step(FALLBACK, tuple(fallback)),
    )
    return Policy(step_seconds=step_seconds, cycles=CYCLES, steps=steps)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an alert stands: which round, which step of it. Before the first step it is (0, -1)."""

    cycle: int
    step: int


def following(policy: Policy, turn: Turn) -> Turn | None:
    """The step that follows; after the last one the first again, until the rounds are over."""
    if turn.step + 1 < len(policy.steps):
        return Turn(turn.cycle, turn.step + 1)
    return Turn(turn.cycle + 1, 0) if turn.cycle + 1 < policy.cycles else None


def is_fallback(policy: Policy, turn: Turn) -> bool:
    """Whether nobody of the accountable team answered."""
    return turn.step == len(policy.steps) - 1


def wait_before(attempt: int) -> float | None:
    """Seconds before the attempt after this one; None when it was the last."""
    return None if attempt >= ATTEMPTS else BACKOFF[min(attempt, len(BACKOFF)) - 1]
