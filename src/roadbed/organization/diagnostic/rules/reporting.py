"""A report of one person's or many people's answers: scores, the weakest side, what to do first, advice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from roadbed.ground.asks.advice import Advice, Signals
from roadbed.organization.diagnostic.rules import about as telling
from roadbed.organization.diagnostic.rules.aggregating import FEWEST, Middle, OfQuestion, of_dimensions, of_questions
from roadbed.organization.diagnostic.rules.first import Doing, to_do
from roadbed.organization.diagnostic.rules.measured import Compared, Measured, compare, words_of
from roadbed.organization.diagnostic.rules.publishing import Shown
from roadbed.organization.diagnostic.rules.questions import BY_KEY, EDITION, QUESTIONS
from roadbed.organization.diagnostic.rules.scoring import Answer, Answers, overall, scored, weakest
from roadbed.organization.diagnostic.rules.values import NAMES, STEPS, Question

ALONE: Final = ("deployment_frequency", "change_fail_rate")
"""Reported on their own: these two say most about speed and safety together, so no mean hides them."""

Advising = Callable[[Signals], Advice]


@dataclass(frozen=True, slots=True)
class Context:
    """What stands beside the answers: what was told of the organization, who advises, what was measured."""

    about: Mapping[str, Any]
    advising: Advising
    measured: Sequence[Measured] = ()


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One of the twenty.

    Attributes:
        answer: the step or the percentage; of many people the median, None where it lies between two steps.
        said: the same in words.
        n: how many answered it; of many people None where it is hidden.
        low, high: quartiles of the scores, of many people.
    """

    question: Question
    answer: Answer
    said: str
    score: float | None
    n: int | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """One of the five. `why` says why there is no score, else it is empty."""

    key: str
    name: str
    score: float | None
    confidence: str | None
    n: int | None
    low: float | None
    high: float | None
    why: str
    lowest: QuestionResult | None


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    Attributes:
        people: how many sheets are in it.
        overall: the mean of the five dimensions, None while one has no score; `why` says which.
        weakest: keys of the dimensions with the lowest score.
        alone: deployment frequency and change fail rate.
    """

    edition: str
    people: int
    questions: tuple[QuestionResult, ...]
    dimensions: tuple[DimensionResult, ...]
    overall: float | None
    why: str
    weakest: tuple[str, ...]
    alone: tuple[QuestionResult, ...]
    first: tuple[Doing, ...]
    advice: Advice
    compared: tuple[Compared, ...]

    @property
    def weakest_names(self) -> str:
        """The weakest in words; empty where none has a score."""
        return " and ".join(NAMES[key] for key in self.weakest)


def of_one(
    answers: Answers, about: Mapping[str, Any], advising: Advising, *, measured: Sequence[Measured] = ()
) -> Report:
    """One person's report."""
    worth = telling.worth(answers)
    found = tuple(
        QuestionResult(
            one,
            answers.get(one.key),
            words_of(one, answers.get(one.key)) if one.key in answers else "Not answered",
            worth[one.key],
            1 if worth[one.key] is not None else 0,
        )
        for one in QUESTIONS
    )
    dimensions = tuple(
        DimensionResult(
            one.dimension, NAMES[one.dimension], one.score, one.confidence, 1 if one.score is not None else 0,
            None, None,
            "" if one.score is not None else f"{one.answered} of {one.asked} answered; 60% are needed",
            _lowest(found, one.dimension),
        )
        for one in scored(answers)
    )  # fmt: skip
    return _report(1, found, dimensions, Context(about, advising, measured))


def of_many(found: Shown, about: Mapping[str, Any], advising: Advising, *, measured: Sequence[Measured] = ()) -> Report:
    """Many people's report: medians, and nothing that fewer than five answered."""
    questions = tuple(_of_many(one) for one in of_questions(found))
    dimensions = tuple(
        DimensionResult(
            one.dimension, NAMES[one.dimension], _median(one.scores), one.confidence,
            one.scores.n if one.scores else None, *_quartiles(one.scores),
            "" if one.scores else f"Under {FEWEST} answers, so it is hidden", _lowest(questions, one.dimension),
        )
        for one in of_dimensions(found)
    )  # fmt: skip
    return _report(found.people, questions, dimensions, Context(about, advising, measured))


def _report(
    people: int,
    questions: tuple[QuestionResult, ...],
    dimensions: tuple[DimensionResult, ...],
    beside: Context,
) -> Report:
    values = {one.question.key: one.score for one in questions}
    sides = {one.key: one.score for one in dimensions}
    least = weakest(sides)
    missing = [one.name for one in dimensions if one.score is None]
    return Report(
        edition=EDITION,
        people=people,
        questions=questions,
        dimensions=dimensions,
        overall=overall(sides),
        why=f"No score of {', '.join(missing)}" if missing else "",
        weakest=least,
        alone=tuple(one for one in questions if one.question.key in ALONE),
        first=to_do(values, least),
        advice=beside.advising(telling.signals_of(beside.about, values, sides)),
        compared=tuple(compare(one, values.get(one.key)) for one in beside.measured),
    )


def _of_many(found: OfQuestion) -> QuestionResult:
    answer, said = _middle_answer(found)
    return QuestionResult(
        found.question, answer, said, _median(found.scores), found.scores.n if found.scores else None,
        *_quartiles(found.scores),
    )  # fmt: skip


def _middle_answer(found: OfQuestion) -> tuple[Answer, str]:
    if found.scores is None:
        return None, f"Under {FEWEST} answers"
    if found.percent is not None:
        return found.percent.median, f"{found.percent.median:.3g}%"
    options = found.question.options
    place = found.scores.median / 10 * (len(options) - 1)
    at = round(place)
    if abs(place - at) < 0.01:  # noqa: PLR2004 - thirds of ten are not whole
        return options[at].key, options[at].text
    return None, f"Between “{options[int(place)].text}” and “{options[int(place) + 1].text}”"


def _median(found: Middle | None) -> float | None:
    return None if found is None else found.median


def _quartiles(found: Middle | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.low, found.high)


def _lowest(questions: Sequence[QuestionResult], dimension: str) -> QuestionResult | None:
    known = [one for one in questions if one.question.dimension == dimension and one.score is not None]
    return min(known, key=lambda one: (one.score or 0.0, one.question.number), default=None)


def is_scale(key: str) -> bool:
    """Whether a question has options."""
    return BY_KEY[key].kind == STEPS
