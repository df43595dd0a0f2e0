"""The shapes of the diagnostic over HTTP: the same report as `roadbed diagnose --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

PLAIN = r"^[^\x00]*$"
Unit = Annotated[float | None, Field(ge=0, le=10)]


class OptionOut(Schema):
    """One step of a scale, the worst first."""

    key: str
    text: str


class AskedOut(Schema):
    """One of the twenty: kind is steps, share or failures."""

    number: int
    key: str
    dimension: str
    kind: str
    text: str
    hint: str
    why: str
    scoring: str
    options: list[OptionOut]


class QuestionList(Schema):
    """The questions of an edition."""

    edition: str
    items: list[AskedOut]


class AnswersIn(Schema):
    """Answers by number or name of the question: a step's key or number, a percentage, or null for don't know."""

    answers: dict[str, str | int | float | bool | None] = Field(max_length=40)
    about: dict[str, Any] = Field(default_factory=dict, max_length=40)


class OverallOut(Schema):
    """The mean of the five; null while one has no score, and why says which."""

    score: Unit
    why: str


class WeakestOut(Schema):
    """The dimensions with the lowest score; none where none has one."""

    dimensions: list[str]
    name: str | None


class DimensionOut(Schema):
    """One of the five. Of many people the score is the median, low and high are quartiles, null where hidden."""

    key: str
    name: str
    score: Unit
    confidence: str | None
    n: int | None
    low: Unit
    high: Unit
    why: str
    lowest_question: int | None


class AnsweredOut(Schema):
    """A question with its value, null for don't know, between two steps, or hidden; and its score."""

    number: int
    key: str
    dimension: str
    question: str
    scoring: str
    value: str | float | None
    answer: str
    score: Unit
    n: int | None
    low: Unit
    high: Unit


class DoingOut(Schema):
    """What to do first: the rule that fired, points gained with one step better, and what it costs."""

    rule: str
    question: int
    dimension: str
    title: str
    how: str
    score: float
    gain: float
    effort: str


class ComparedOut(Schema):
    """Measured against answered; apart and agrees are null while one side is missing."""

    question: int
    key: str
    measured: str
    score: Unit
    answered: Unit
    apart: Unit
    agrees: bool | None
    note: str


class DiagnosisOut(Schema):
    """All of it; advice has the shape that `GET /layers` documents."""

    edition: str
    people: int
    overall: OverallOut
    weakest: WeakestOut
    dimensions: list[DimensionOut]
    deployment_frequency: AnsweredOut
    change_fail_rate: AnsweredOut
    questions: list[AnsweredOut]
    first: list[DoingOut]
    measured: list[ComparedOut]
    advice: dict[str, Any]


class RoundIn(Schema):
    """Whom to ask: a team, or everybody where none is named."""

    team: Annotated[str, Field(max_length=63, pattern=PLAIN)] = ""
    people: Annotated[
        int | None, Field(ge=1, le=100_000, description="How many get the link; null is the people of the team.")
    ] = None


class RoundOut(Schema):
    """A round. `out` answers are in its figures; fewer than five wait."""

    uid: str
    team: str
    title: str
    members: int
    handed_in: int
    out: int
    opened_by: str
    opened_at: datetime
    published_at: datetime | None
    closed_at: datetime | None


class OpenedOut(RoundOut):
    """A round that was opened, with its link, which is told this once."""

    link: str


class RoundList(Schema):
    """Some rounds."""

    items: list[RoundOut]


class RoundReport(Schema):
    """A round with the report of what came out of it."""

    round: RoundOut
    report: DiagnosisOut
