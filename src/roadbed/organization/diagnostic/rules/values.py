"""What a question is: its dimension, how it is answered, and what each answer is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

THROUGHPUT, STABILITY, LOAD, SRE, PLATFORM = "throughput", "stability", "cognitive-load", "sre", "platform"
DIMENSIONS: Final = (THROUGHPUT, STABILITY, LOAD, SRE, PLATFORM)
NAMES: Final = {
    THROUGHPUT: "Throughput",
    STABILITY: "Stability",
    LOAD: "Cognitive load",
    SRE: "SRE",
    PLATFORM: "Platform",
}
STEPS, SHARE, FAILURES = "steps", "share", "failures"
HIGHEST: Final = 10.0


@dataclass(frozen=True, slots=True)
class Option:
    """One step of a scale, the worst first: the word that files use, and what the page says."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One of the twenty.

    Attributes:
        kind: steps (one of `options`), share (percent of something good) or failures (percent of something bad).
        short: how a list calls it.
        hint: what to think of while answering.
        why: why it is asked.
        options: of a scale, the worst first; empty for percentages.
        first: what to do about it, as an imperative.
        how: what that means, in a sentence.
        effort: how much that costs: 1 days, 2 weeks, 3 a quarter.
    """

    number: int
    key: str
    dimension: str
    kind: str
    short: str
    text: str
    hint: str
    why: str
    first: str
    how: str
    effort: int
    options: tuple[Option, ...] = ()

    @property
    def scoring(self) -> str:
        """The rule in words, as pages and files name it."""
        if self.kind == STEPS:
            return "six steps of 2 points" if len(self.options) == len(SIX) else "four steps of 3⅓ points"
        return "a tenth of the percentage" if self.kind == SHARE else "piecewise linear in the percentage"


SIX: Final = range(6)


def options(*pairs: str) -> tuple[Option, ...]:
    """Options from "key: text" lines, the worst first."""
    return tuple(Option(*(part.strip() for part in pair.split(":", 1))) for pair in pairs)


def option_of(question: Question, key: str) -> Option | None:
    """The option of that key; None where the scale has none such."""
    return next((one for one in question.options if one.key == key), None)


def step_of(question: Question, key: str) -> int:
    """Which step an option is, counted from 1."""
    return [one.key for one in question.options].index(key) + 1


def keys(questions: Sequence[Question]) -> tuple[str, ...]:
    """Their keys in order."""
    return tuple(one.key for one in questions)
