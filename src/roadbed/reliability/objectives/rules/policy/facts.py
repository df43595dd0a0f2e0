"""What a policy knows of one objective: the figures that conditions and texts name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roadbed.reliability.objectives.rules.evaluation import BROKEN, IDLE, UNMEASURED
from roadbed.reliability.objectives.rules.policy.conditions import Value

DAY = 1440


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """One objective as it stands. Figures that cannot be had are None.

    Attributes:
        age: seconds since it was evaluated; None before the first time.
        why: why it is not counted now, or how it stands.
    """

    name: str
    title: str
    target: float
    window: str
    window_minutes: int
    standing: str
    paging: bool
    remaining: float | None
    bad: float
    allowed: int
    coverage: float | None
    burns: Iterable[tuple[str, float | None]]
    top_line: str
    why: str
    age: float | None = 0.0
    stale: bool = False

    def values(self) -> dict[str, Value | None]:
        """The same by the paths that a policy writes."""
        left = self.remaining
        found: dict[str, Value | None] = {
            "objective.name": self.name,
            "title": self.title,
            "target": self.target,
            "window.name": self.window,
            "window.days": self.window_minutes / DAY,
            "standing": self.standing,
            "paging": self.paging,
            "unmeasured": self.standing in (BROKEN, UNMEASURED) or (left is None and self.standing != IDLE),
            "evaluated": self.age is not None,
            "stale": self.stale,
            "age": self.age,
            "budget.remaining": left,
            "budget.spent": None if left is None else 1 - left,
            "budget.bad": float(self.bad),
            "budget.allowed": float(self.allowed),
            "coverage": self.coverage,
            "top_line": self.top_line,
            "why": self.why,
        }
        for window, burn in self.burns:
            found[f"burn[{window}]"] = burn
        return found
