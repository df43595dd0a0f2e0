"""What an answer is worth, what a dimension comes to, and how sure that is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from roadbed.organization.diagnostic.rules.questions import BY_KEY, OF_DIMENSION
from roadbed.organization.diagnostic.rules.values import DIMENSIONS, FAILURES, HIGHEST, SHARE, Question, step_of

FAILURE_POINTS: Final = ((0, 10.0), (5, 9.0), (10, 7.5), (15, 6.0), (20, 5.0), (30, 3.0), (45, 1.0), (60, 0.0))
"""Percent of deployments that failed, and what that is worth; between two of them a straight line."""

ENOUGH: Final = (3, 5)
"""A dimension is scored where 60% of its questions are answered: three fifths, compared in whole numbers."""

CONFIDENT, RATHER = 1.0, 0.75
HIGH, MEDIUM, LOW = "high", "medium", "low"

Answer = str | float | None
"""A step by its key, a percentage, or None for “don't know”."""

Answers = Mapping[str, Answer]
"""By the question's key. A question that is not in it was not answered."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A dimension: its score from 0 to 10, None where too little was answered.

    Attributes:
        answered, asked: questions of it with an answer other than “don't know”, and all of it.
        confidence: high, medium or low; None where there is no score.
    """

    dimension: str
    score: float | None
    answered: int
    asked: int
    confidence: str | None


def score(question: Question, answer: Answer) -> float | None:
    """What an answer is worth, from 0 to 10; None for “don't know”."""
    if answer is None:
        return None
    if isinstance(answer, str):
        return HIGHEST * (step_of(question, answer) - 1) / (len(question.options) - 1)
    return answer / 10 if question.kind == SHARE else of_failures(answer)


def of_failures(percent: float) -> float:
    """What a percentage of failures is worth: straight between the published points, nothing from 60% on."""
    for (low, high_score), (high, low_score) in itertools.pairwise(FAILURE_POINTS):
        if percent <= high:
            return high_score + (low_score - high_score) * (percent - low) / (high - low)
    return 0.0


def scores(answers: Answers) -> dict[str, float | None]:
    """Of every question that was put, by its key."""
    return {key: score(BY_KEY[key], answer) for key, answer in answers.items()}


def scored(answers: Answers) -> tuple[Scored, ...]:
    """The five dimensions of one person's answers."""
    worth = scores(answers)
    return tuple(_dimension(dimension, worth) for dimension in DIMENSIONS)


def _dimension(dimension: str, worth: Mapping[str, float | None]) -> Scored:
    asked = OF_DIMENSION[dimension]
    known = [value for one in asked if (value := worth.get(one.key)) is not None]
    if not is_enough(len(known), len(asked)):
        return Scored(dimension, None, len(known), len(asked), None)
    return Scored(dimension, sum(known) / len(known), len(known), len(asked), by_share(len(known), len(asked)))


def is_enough(answered: int, asked: int) -> bool:
    """Whether 60% were answered."""
    return answered * ENOUGH[1] >= asked * ENOUGH[0]


def by_share(answered: int, asked: int) -> str:
    """How sure a score is by what was answered: all of it high, three quarters medium, less low."""
    share = answered / asked
    return HIGH if share >= CONFIDENT else MEDIUM if share >= RATHER else LOW


def overall(found: Mapping[str, float | None]) -> float | None:
    """The mean of the five; None while one of them has no score, since a mean of four is another thing."""
    known = [value for dimension in DIMENSIONS if (value := found.get(dimension)) is not None]
    return sum(known) / len(known) if len(known) == len(DIMENSIONS) else None


def weakest(found: Mapping[str, float | None]) -> tuple[str, ...]:
    """The dimension with the lowest score; several where they are equal, none where none has a score."""
    known = {dimension: value for dimension in DIMENSIONS if (value := found.get(dimension)) is not None}
    least = min(known.values(), default=None)
    return tuple(dimension for dimension, value in known.items() if value == least)


def is_failures(question: Question) -> bool:
    """Whether more of it is worse."""
    return question.kind == FAILURES
