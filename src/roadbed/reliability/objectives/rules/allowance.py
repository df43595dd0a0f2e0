"""What a budget allows, and of what: the whole window, as much of a period as has passed, or all of it projected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.budget import Budget
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Evaluation, projected
from roadbed.reliability.objectives.rules.slices import SliceCounts
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import SLICES
from roadbed.reliability.objectives.rules.words import share

ELAPSED_ONLY: Final = "elapsed only"
WHOLE_WINDOW: Final = "the whole window"
PROJECTED: Final = "projected to the period's end"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be bad, and what of it is left.

    Attributes:
        basis: ELAPSED_ONLY where events of a period are counted that goes on, PROJECTED where all slices of a period
            are, else WHOLE_WINDOW.
        allowed: whole bad events or slices, of that; `remaining` the share that is left.
        projected_allowed, projected_remaining: the same at the period's end, if traffic goes on as measured; None
            where the window has no end, or nothing was measured.
    """

    basis: str
    allowed: int
    remaining: float | None
    projected_allowed: int | None = None
    projected_remaining: float | None = None

    def in_words(self) -> str:
        """As a sentence says it; empty for a window that rolls, where there is one answer."""
        if self.basis == WHOLE_WINDOW or self.remaining is None:
            return ""
        if self.basis == PROJECTED:
            return f"The allowance is projected to the period's end: {self.allowed:,} slices of all of them may be bad."
        text = (
            f"Elapsed only: {self.allowed:,} bad are allowed of what has passed, and {share(self.remaining)} is left."
        )
        if self.projected_remaining is None or self.projected_allowed is None:
            return text
        ahead = f"{self.projected_allowed:,} are allowed, and {share(self.projected_remaining)} is left"
        return f"{text} Projected to the period's end, if traffic goes on as measured: {ahead}."


def allowance_of(evaluation: Evaluation, target: Target, *, length: int, by_calendar: bool) -> Allowance:
    """What is allowed of a window of so many minutes."""
    left = evaluation.budget
    if not by_calendar:
        return Allowance(WHOLE_WINDOW, left.allowed, left.remaining)
    if evaluation.unit == SLICES:
        return Allowance(PROJECTED, left.allowed, left.remaining, left.allowed, left.remaining)
    whole = evaluation.period
    ahead = projected(whole, left, target, length=length)
    return Allowance(ELAPSED_ONLY, left.allowed, left.remaining, _allowed(whole, left, target, length), ahead)


def _allowed(whole: Counts, left: Budget, target: Target, length: int) -> int | None:
    if left.remaining is None or not whole.measured:
        return None
    return target.spare * whole.total * (whole.counting + length - whole.minutes) // (whole.measured * target.of)


def slices_as_data(held: SliceCounts) -> dict[str, float]:
    """Slices as JSON: `total` of the budget, `bad` and `spent` of them, and all of the `whole` by state."""
    return {
        "total": held.total,
        "bad": held.bad,
        "spent": held.spent,
        "whole": held.whole,
        **{name: number for name, number in held.by_state().items() if name != "bad"},
        "before": held.before,
        "to_come": held.to_come,
    }
