"""What was measured, on the scale of the answers, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from roadbed.organization.diagnostic.rules.questions import BY_KEY
from roadbed.organization.diagnostic.rules.scoring import score
from roadbed.organization.diagnostic.rules.values import STEPS, Question

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MONTH: Final = 30 * DAY

STEPS_OF: Final[dict[str, Sequence[float]]] = {
    # Up to so many seconds a figure is still in the step; the worst step takes the rest. From the best to the worst.
    "lead_time": (HOUR, DAY, 7 * DAY, MONTH, 6 * MONTH),
    "recovery_time": (10 * MINUTE, HOUR, DAY, 7 * DAY, MONTH),
    "new_service": (4 * HOUR, 2 * DAY, 10 * DAY, MONTH, 3 * MONTH),
}
A_WEEK: Final = (2 / 52, 12 / 52, 1.0, 5.0, 10.0)
"""Deployments of a service a week from which the next better step begins; five a week is once each working day."""

TOIL_SHARES: Final = (0.50, 0.25, 0.0999)
"""Shares of toil up to which the next better step begins."""

APART: Final = 2.0
"""So many points between what is measured and what is answered are worth a conversation: one step of six."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One question as it was measured.

    Attributes:
        said: the figure in words.
        answer: the answer that it is, None where it tells too little for one.
        low, high: the answers at the ends of its interval, where it has one.
        note: what it rests on, and what it leaves out.
        url: the rows behind it; empty where there are none to show.
    """

    key: str
    said: str
    answer: str | float | None
    low: str | float | None = None
    high: str | float | None = None
    note: str = ""
    url: str = ""

    @property
    def score(self) -> float | None:
        return score(BY_KEY[self.key], self.answer)

    @property
    def option(self) -> str:
        """The step it falls on; empty for a percentage."""
        return self.answer if isinstance(self.answer, str) else ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Measured against answered: points apart, None while one of the two is missing."""

    question: Question
    measured: Measured
    answered: float | None
    apart: float | None

    @property
    def agrees(self) -> bool | None:
        """Whether they are less than two points apart, or the answer lies within the measured interval."""
        if self.apart is None or self.answered is None:
            return None
        ends = [score(self.question, end) for end in (self.measured.low, self.measured.high)]
        known = [end for end in ends if end is not None]
        within = len(known) == len(ends) and min(known) <= self.answered <= max(known)
        return within or self.apart < APART


def by_seconds(key: str, seconds: float) -> str:
    """The step that a duration falls on."""
    options = BY_KEY[key].options
    at = next((at for at, most in enumerate(STEPS_OF[key]) if seconds <= most), len(STEPS_OF[key]))
    return options[len(options) - 1 - at].key


def by_frequency(a_week: float) -> str:
    """The step of so many deployments of one service a week."""
    return BY_KEY["deployment_frequency"].options[sum(a_week >= edge for edge in A_WEEK)].key


def by_toil(share: float) -> str:
    """The step that a share of toil falls on, from 0 to 1."""
    return BY_KEY["toil"].options[sum(share <= edge for edge in TOIL_SHARES)].key


def compare(measured: Measured, answered: float | None) -> Compared:
    """One question's two sides."""
    known = measured.score
    apart = None if known is None or answered is None else abs(known - answered)
    return Compared(BY_KEY[measured.key], measured, answered, apart)


def words_of(question: Question, answer: str | float | None) -> str:
    """An answer as it reads."""
    if answer is None:
        return "Don't know"
    if question.kind == STEPS:
        return next(one.text for one in question.options if one.key == answer)
    return f"{answer:g}%"
