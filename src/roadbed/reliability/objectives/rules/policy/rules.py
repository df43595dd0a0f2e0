"""One rule of a policy: when it holds, what it answers, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from roadbed.reliability.objectives.rules.policy.conditions import Condition
from roadbed.reliability.objectives.rules.policy.texts import Part, written
from roadbed.reliability.objectives.rules.policy.variables import variable_of


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was read, with the place of its condition in the file."""

    name: str
    when: Condition
    outcome: str
    says: tuple[Part, ...]
    clears: tuple[Part, ...]
    source: str = ""
    line: int = 0
    column: int = 0

    @property
    def said(self) -> str:
        """What it says, with its placeholders."""
        return written(self.says)

    @property
    def cleared(self) -> str:
        """What would clear it, likewise."""
        return written(self.clears)

    @property
    def paths(self) -> frozenset[str]:
        """Everything that it reads, in its condition and its texts."""
        texts = (path for _, path in (*self.says, *self.clears) if path)
        return frozenset((*self.when.paths, *self.when.asked, *texts))

    @property
    def of_objective(self) -> bool:
        """Whether it speaks of each objective, and not of the service as a whole."""
        return any(variable_of(path).of_objective for path in self.paths)
