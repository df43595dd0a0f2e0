"""What a team's own escalation policy is made of: steps with their targets and waits, rounds, by urgency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

ON_CALL, SECOND, LEAD, EVERYBODY = "on-call", "second", "lead", "everybody"
PERSON: Final = "person"
OF_TEAM: Final = {ON_CALL: "on call", SECOND: "second", LEAD: "team lead", EVERYBODY: "whole team"}
"""What a step can page of a team, and how it is called."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a step pages: something of OF_TEAM of `team`, the policy's own where it is empty, or a person by e-mail."""

    kind: str
    team: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        """As logs and pages have it."""
        if self.kind == PERSON:
            return self.email
        return f"{OF_TEAM[self.kind]} of {self.team}" if self.team else OF_TEAM[self.kind]


@dataclass(frozen=True, slots=True)
class ChainStep:
    """Everybody who is paged together, and how many seconds they have before the next step."""

    targets: tuple[Target, ...]
    wait: int

    @property
    def name(self) -> str:
        """As logs and pages have it."""
        return ", ".join(target.name for target in self.targets)[:200]


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps one after the other, gone through `rounds` times before the fallback.

    `acknowledged` is how many seconds somebody may have the page before it is paged again; 0 for ever, None as the
    installation says.
    """

    steps: tuple[ChainStep, ...]
    rounds: int
    acknowledged: int | None = None

    @property
    def seconds(self) -> int:
        """How long all rounds last."""
        return self.rounds * sum(step.wait for step in self.steps)

    def as_data(self) -> dict[str, Any]:
        """As it is frozen with a page."""
        return {
            "steps": [
                {"wait": step.wait, "page": [[one.kind, one.team, one.email] for one in step.targets]}
                for step in self.steps
            ],
            "rounds": self.rounds,
            "acknowledged": self.acknowledged,
        }


def chain_of(data: Mapping[str, Any]) -> Chain:
    """A chain as it was frozen."""
    steps = tuple(ChainStep(tuple(Target(*one) for one in step["page"]), step["wait"]) for step in data["steps"])
    return Chain(steps, data["rounds"], data["acknowledged"])


@dataclass(frozen=True, slots=True)
class Policies:
    """A team's own escalation: what is urgent (severity 1 and 2) and, where it is told apart, what is not."""

    high: Chain
    low: Chain | None = None

    def chain(self, *, urgent: bool) -> Chain:
        """The steps of a page."""
        return self.high if urgent or self.low is None else self.low

    @property
    def chains(self) -> tuple[Chain, ...]:
        """All of it."""
        return (self.high,) if self.low is None else (self.high, self.low)
