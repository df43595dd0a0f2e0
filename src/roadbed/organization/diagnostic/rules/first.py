"""What to do first: of the questions with room, those that gain most for the effort, the weakest dimension before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from roadbed.organization.diagnostic.rules.questions import OF_DIMENSION, QUESTIONS
from roadbed.organization.diagnostic.rules.values import HIGHEST, STEPS, Question

ROOM: Final = 8.0
"""From here on a question is left alone."""

A_STEP: Final = 2.0
FIRST: Final = 3
WEIGHT: Final = 2.0
"""How much more a point counts in the weakest dimension."""

COSTS: Final = {1: "days", 2: "weeks", 3: "a quarter"}


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do.

    Attributes:
        rule: which rule fired, as `first.<question>`.
        gain: points that its dimension gains with one step better.
        effort: days, weeks or a quarter.
    """

    question: Question
    rule: str
    title: str
    how: str
    score: float
    gain: float
    effort: str


def to_do(scores: Mapping[str, float | None], weakest: Sequence[str]) -> tuple[Doing, ...]:
    """At most three, the best first; equal ones in the order of the questions."""
    ranked = []
    for question in QUESTIONS:
        value = scores.get(question.key)
        if value is None or value >= ROOM:
            continue
        known = sum(scores.get(one.key) is not None for one in OF_DIMENSION[question.dimension])
        gain = (min(HIGHEST, value + _step(question)) - value) / known
        weight = WEIGHT if question.dimension in weakest else 1.0
        ranked.append((-gain * weight / question.effort, question.number, question, value, gain))
    return tuple(
        Doing(one, f"first.{one.key.replace('_', '-')}", one.first, one.how, value, gain, COSTS[one.effort])
        for _, _, one, value, gain in sorted(ranked, key=lambda each: each[:2])[:FIRST]
    )


def _step(question: Question) -> float:
    return HIGHEST / (len(question.options) - 1) if question.kind == STEPS else A_STEP
