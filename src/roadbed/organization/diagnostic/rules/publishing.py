"""Which answers are shown: in batches of five, so that no two figures that anybody sees differ by fewer than five.

Whoever sees a median before and after a single answer came can work out that answer. So answers wait until five have
come, and a question that some of those five did not know waits longer: its figure changes only by five or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from roadbed.organization.diagnostic.rules.questions import QUESTIONS
from roadbed.organization.diagnostic.rules.scoring import Answer, Answers, Scored, scored
from roadbed.organization.diagnostic.rules.values import DIMENSIONS

T = TypeVar("T")
BATCH: Final = 5
"""So many answers come out together, and so many at least are behind every figure."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What figures may rest on.

    Attributes:
        people: how many sheets came out.
        answers: by question, what was answered; “don't know” is left out.
        dimensions: by dimension, of those who answered enough of it.
        parts: by dimension, how many of its questions were answered, and how many were put.
    """

    people: int = 0
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    dimensions: Mapping[str, tuple[Scored, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class _Waiting(Generic[T]):
    """Values by key that wait until five of a key are there."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[T]] = defaultdict(list)
        self._out: dict[str, list[T]] = defaultdict(list)

    def take(self, key: str, value: T) -> None:
        self._waiting[key].append(value)

    def settle(self) -> None:
        """A batch is complete: let out what has become enough."""
        for key, values in self._waiting.items():
            if comes_out(len(values)):
                self._out[key] += values
                values.clear()

    def out(self) -> dict[str, tuple[T, ...]]:
        return {key: tuple(values) for key, values in self._out.items()}


def shown(batches: Iterable[Sequence[Answers]]) -> Shown:
    """What one round shows after these batches, each of which came out at once.

    Of a single batch that is everything that at least five answered.
    """
    answers, dimensions = _Waiting[Answer](), _Waiting[Scored]()
    people = 0
    parts = dict.fromkeys(DIMENSIONS, (0, 0))
    for batch in batches:
        people += len(batch)
        for sheet in batch:
            for question in QUESTIONS:
                if (given := sheet.get(question.key)) is not None:
                    answers.take(question.key, given)
            for one in scored(sheet):
                known, asked = parts[one.dimension]
                parts[one.dimension] = (known + one.answered, asked + one.asked)
                if one.score is not None:
                    dimensions.take(one.dimension, one)
        answers.settle()
        dimensions.settle()
    return Shown(people, answers.out(), dimensions.out(), parts)


def together(rounds: Iterable[Shown]) -> Shown:
    """Several rounds' as one: only what each of them shows by itself, so that no difference tells a hidden one."""
    everything = tuple(rounds)
    return Shown(
        people=sum(one.people for one in everything),
        answers={q.key: tuple(a for one in everything for a in one.answers.get(q.key, ())) for q in QUESTIONS},
        dimensions={key: tuple(s for one in everything for s in one.dimensions.get(key, ())) for key in DIMENSIONS},
        parts={key: _sum(one.parts.get(key, (0, 0)) for one in everything) for key in DIMENSIONS},
    )


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    known = list(pairs)
    return sum(one for one, _ in known), sum(asked for _, asked in known)


def comes_out(waiting: int) -> bool:
    """Whether so many answers that wait are enough."""
    return waiting >= BATCH
