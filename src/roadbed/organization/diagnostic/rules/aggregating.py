"""Many people's answers as medians and quartiles, with everything hidden that under five people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from roadbed.organization.diagnostic.rules.publishing import BATCH, Shown
from roadbed.organization.diagnostic.rules.questions import QUESTIONS
from roadbed.organization.diagnostic.rules.scoring import (
    HIGH,
    LOW,
    MEDIUM,
    Answer,
    by_share,
    score,
)
from roadbed.organization.diagnostic.rules.values import DIMENSIONS, Question

FEWEST: Final = BATCH
"""Under so many answers a value would say who said what, so it is hidden."""

MANY: Final = 10
NARROW, WIDE = 3.0, 5.0
LEVELS: Final = (LOW, MEDIUM, HIGH)


@dataclass(frozen=True, slots=True)
class Middle:
    """The median and the quartiles of n values."""

    n: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OfQuestion:
    """What people answered to a question; both None where fewer than five did.

    Attributes:
        scores: of what the answers are worth.
        percent: of the percentages themselves; None for a scale.
    """

    question: Question
    scores: Middle | None
    percent: Middle | None


@dataclass(frozen=True, slots=True)
class OfDimension:
    """What people's scores of a dimension come to; None where fewer than five have one."""

    dimension: str
    scores: Middle | None
    confidence: str | None


def middle(values: Sequence[float]) -> Middle | None:
    """Median and quartiles, linear between neighbours; None for fewer than five values."""
    if len(values) < FEWEST:
        return None
    ordered = sorted(values)
    return Middle(len(ordered), *(_at(ordered, share) for share in (0.5, 0.25, 0.75)))


def _at(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    if ordered[below] == ordered[above]:
        return ordered[below]
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def of_questions(found: Shown) -> tuple[OfQuestion, ...]:
    """Question by question; “don't know” is no value."""
    return tuple(_of_question(one, found.answers.get(one.key, ())) for one in QUESTIONS)


def _of_question(question: Question, given: Sequence[Answer]) -> OfQuestion:
    worth = [value for one in given if (value := score(question, one)) is not None]
    percent = [one for one in given if isinstance(one, int | float)]
    return OfQuestion(question, middle(worth), middle(percent))


def of_dimensions(found: Shown) -> tuple[OfDimension, ...]:
    """Dimension by dimension: of each person who answered 60% of its questions, their score."""
    return tuple(_of_dimension(one, found) for one in DIMENSIONS)


def _of_dimension(dimension: str, found: Shown) -> OfDimension:
    known = [one.score for one in found.dimensions.get(dimension, ()) if one.score is not None]
    among = middle(known)
    return OfDimension(dimension, among, None if among is None else _sure(among, *found.parts[dimension]))


def _sure(among: Middle, answered: int, asked: int) -> str:
    """The least of three: what was answered, how many people, how near to one another they are."""
    spread = among.high - among.low
    return min(
        by_share(answered, asked),
        HIGH if among.n >= MANY else MEDIUM,
        HIGH if spread <= NARROW else MEDIUM if spread <= WIDE else LOW,
        key=LEVELS.index,
    )
