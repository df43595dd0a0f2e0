"""Whom an alert goes to, one step after the other, frozen when it opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from roadbed.reliability.paging.rules.policies.values import Chain, chain_of

STEP_SECONDS: Final = 300
SHORTEST, LONGEST = 5, 86_400
CYCLES: Final = 12
ATTEMPTS: Final = 6
BACKOFF: Final = (2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds until a delivery is tried again, by attempt."""

ON_CALL, NEXT, TEAM, FALLBACK = "on call", "next in the rotation", "whole team", "fallback"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, the uids of whom it pages, and seconds until the next one where it has its own."""

    name: str
    people: tuple[str, ...]
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What an alert follows until somebody acknowledges it. The last step is the fallback.

    Attributes:
        step_seconds: how long a step waits that says nothing else.
        cycles: rounds in all.
        rounds: of a team's own policy, rounds of its steps before the fallback; 0 where each round ends with it.
        acknowledged_seconds: how long somebody may have the alert; 0 for ever, None as the installation says.
        version: of the team's own policy; 0 for Roadbed's.
        chain: the team's own steps, from which people are named anew when it is paged again.
    """

    step_seconds: int
    cycles: int
    steps: tuple[Step, ...]
    rounds: int = 0
    acknowledged_seconds: int | None = None
    version: int = 0
    chain: Chain | None = None

    def seconds(self, step: int) -> int:
        """How long a step waits."""
        own = self.steps[step].seconds if 0 <= step < len(self.steps) else None
        return self.step_seconds if own is None else own

    def as_data(self) -> dict[str, Any]:
        """As it is frozen with the alert."""
        data: dict[str, Any] = {
            "step_seconds": self.step_seconds,
            "cycles": self.cycles,
            "steps": [
                {"name": step.name, "people": list(step.people)}
                | ({} if step.seconds is None else {"seconds": step.seconds})
                for step in self.steps
            ],
        }
        if self.chain is not None:
            data |= {
                "rounds": self.rounds, "acknowledged_seconds": self.acknowledged_seconds, "version": self.version,
                "chain": self.chain.as_data(),
            }  # fmt: skip
        return data


def frozen(data: Mapping[str, Any]) -> Policy:
    """A policy as it was frozen."""
    chain = data.get("chain")
    return Policy(
        step_seconds=data["step_seconds"],
        cycles=data["cycles"],
        steps=tuple(Step(step["name"], tuple(step["people"]), step.get("seconds")) for step in data["steps"]),
        rounds=data.get("rounds", 0),
        acknowledged_seconds=data.get("acknowledged_seconds"),
        version=data.get("version", 0),
        chain=None if chain is None else chain_of(chain),
    )


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


def own_policy(chain: Chain, people: Sequence[Sequence[str]], fallback: Sequence[str], *, version: int) -> Policy:
    """A team's own steps with whom each pages now, round after round, then the fallback, again and again."""
    steps = [
        Step(step.name, tuple(who), step.wait) for step, who in zip(chain.steps, people, strict=True)
    ]  # fmt: skip
    return Policy(
        step_seconds=STEP_SECONDS,
        cycles=chain.rounds + CYCLES - 1,
        steps=(*steps, Step(FALLBACK, tuple(fallback))),
        rounds=chain.rounds,
        acknowledged_seconds=chain.acknowledged,
        version=version,
        chain=chain,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an alert stands: which round, which step of it. Before the first step it is (0, -1)."""

    cycle: int
    step: int


def following(policy: Policy, turn: Turn) -> Turn | None:
    """The step that follows; after the last one the first again, until the rounds are over.

    In a team's own policy the fallback follows the last round, and then itself.
    """
    last = len(policy.steps) - 1
    if policy.rounds and turn.step >= last - 1:
        if turn.step == last - 1:
            return Turn(turn.cycle + 1, 0) if turn.cycle + 1 < policy.rounds else Turn(turn.cycle, last)
        return Turn(turn.cycle + 1, last) if turn.cycle + 1 < policy.cycles else None
    if turn.step < last:
        return Turn(turn.cycle, turn.step + 1)
    return Turn(turn.cycle + 1, 0) if turn.cycle + 1 < policy.cycles else None


def ahead(policy: Policy, turn: Turn) -> Iterator[Turn]:
    """The turns that are tried one after the other until one reaches somebody: each step once."""
    tried: set[int] = set()
    after = following(policy, turn)
    while after is not None:
        if after.step not in tried:
            tried.add(after.step)
            yield after
        elif len(tried) == len(policy.steps) or is_fallback(policy, after):
            return
        after = following(policy, after)


def ends_round(policy: Policy, turn: Turn) -> bool:
    """Whether nothing of the same round follows."""
    after = following(policy, turn)
    return after is None or after.cycle > turn.cycle


def is_fallback(policy: Policy, turn: Turn) -> bool:
    """Whether nobody of the accountable team answered."""
    return turn.step == len(policy.steps) - 1


def wait_before(attempt: int) -> float | None:
    """Seconds before the attempt after this one; None when it was the last."""
    return None if attempt >= ATTEMPTS else BACKOFF[min(attempt, len(BACKOFF)) - 1]
