"""What the pages draw of a report: dimensions with their whiskers, the ladder of stages, the two sides compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from roadbed.ground.shell.components import Badge, Stat
from roadbed.organization.diagnostic.rules.about import STAGES
from roadbed.organization.diagnostic.rules.measured import Compared
from roadbed.organization.diagnostic.rules.questions import OF_DIMENSION, QUESTIONS
from roadbed.organization.diagnostic.rules.reporting import DimensionResult, Report
from roadbed.organization.diagnostic.rules.values import DIMENSIONS, NAMES

GOOD, WARN = 6.5, 4.0
"""From here on a side is called sound, and below the second one weak; in between it is thin."""

LADDER: Final = dict(zip(STAGES, ("Under 15", "15–40", "40–80", "80–150", "150 and more"), strict=True))
CHANGED: Final = 0.3
"""Less than so many points is not called a change."""


@dataclass(frozen=True, slots=True)
class Side:
    """A dimension as it is drawn."""

    result: DimensionResult
    state: str
    weakest: bool
    value: str
    label: str

    @property
    def at(self) -> float:
        return (self.result.score or 0.0) / 10

    @property
    def band(self) -> tuple[float, float] | None:
        low, high = self.result.low, self.result.high
        return None if low is None or high is None else (low / 10, high / 10)


def state_of(score: float | None) -> str:
    """The state that a score is shown in."""
    if score is None:
        return "unknown"
    return "good" if score >= GOOD else "warn" if score >= WARN else "bad"


def sides(report: Report) -> tuple[Side, ...]:
    """The five."""
    return tuple(_side(one, report) for one in report.dimensions)


def _side(one: DimensionResult, report: Report) -> Side:
    value = "No data" if one.score is None else f"{one.score:.1f}"
    label = f"{one.name}: no data" if one.score is None else f"{one.name} {value} of 10"
    if one.low is not None and one.high is not None:
        label += f", middle half {one.low:.1f} to {one.high:.1f}"
    return Side(one, state_of(one.score), one.key in report.weakest, value, label)


def ladder(report: Report) -> list[tuple[str, str, bool]]:
    """The stages with how each is drawn: done, now, next or nothing, and whether one is here."""
    stage = report.advice.stage
    if stage is None:
        return [("", name, False) for name in LADDER.values()]
    at = STAGES.index(stage.stage)
    kinds = ["done" if n < at else "now" if n == at else "next" if n == at + 1 else "" for n in range(len(STAGES))]
    return [(kind, name, kind == "now") for kind, name in zip(kinds, LADDER.values(), strict=True)]


def alone(report: Report) -> list[Stat]:
    """Deployment frequency and change fail rate, each with what was measured beside what was answered."""
    measured = {one.question.key: one.measured for one in report.compared}
    found = []
    for one in report.alone:
        known = measured.get(one.question.key)
        if known is not None:
            found.append(Stat(one.question.short, known.said, note=f"measured, {known.note}; answered: {one.said}"))
        else:
            value = None if one.score is None else one.said
            found.append(Stat(one.question.short, value, note=f"answered; {_points(one.score)}"))
    return found


def _points(score: float | None) -> str:
    return "no score" if score is None else f"{score:.1f} of 10"


def compared(report: Report) -> list[dict[str, Any]]:
    """Measured against answered, row by row, those with both sides first."""
    rows = sorted(report.compared, key=lambda one: (one.apart is None, one.question.number))
    return [
        {"one": one, "badge": _verdict(one), "low": low, "high": high, "dot": (one.answered or 0.0) / 10}
        for one in rows
        for low, high in [_ends(one)]
    ]


def _ends(one: Compared) -> tuple[float, float]:
    ends = [value / 10 for value in (one.measured.score, one.answered) if value is not None]
    return (min(ends), max(ends)) if ends else (0.0, 0.0)


def _verdict(one: Compared) -> Badge:
    if one.apart is None:
        return Badge("unknown", "Only one side", plain=True)
    return Badge("good", "Agree", plain=True) if one.agrees else Badge("warn", f"{one.apart:.1f} apart", plain=True)


def disagreeing(report: Report) -> int:
    """How many questions the two sides disagree on."""
    return sum(one.agrees is False for one in report.compared)


def changes(now: Report, before: Report) -> list[tuple[str, str]]:
    """Dimension by dimension what changed since the round before."""
    then = {one.key: one.score for one in before.dimensions}
    found = []
    for one in now.dimensions:
        former = then.get(one.key)
        if one.score is None or former is None:
            found.append((one.name, "No data"))
        elif abs(one.score - former) < CHANGED:
            found.append((one.name, "no clear change"))
        else:
            found.append((one.name, f"{one.score - former:+.1f}".replace("-", "−")))
    return found


def progress(answered: Sequence[str]) -> list[tuple[str, int, int]]:
    """By dimension how many of its questions were answered."""
    return [
        (NAMES[key], sum(one.key in answered for one in OF_DIMENSION[key]), len(OF_DIMENSION[key]))
        for key in DIMENSIONS
    ]


def questions(report: Report) -> list[dict[str, Any]]:
    """All twenty with what was answered."""
    return [
        {"one": one, "points": "No data" if one.score is None else f"{one.score:.1f}", "short": question.short}
        for question, one in zip(QUESTIONS, report.questions, strict=True)
    ]
