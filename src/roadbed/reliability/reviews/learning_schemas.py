"""What the API answers over all reviews: searches, patterns, recurrence, similar incidents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Schema

from roadbed.reliability.reviews.schemas import ReviewOut

Word = Annotated[str, Field(max_length=200)]


class ReviewSearchIn(Schema):
    """What is searched for: words, a kind of factor, a lever, a service, and days between which harm began."""

    q: Word = ""
    kind: Word = ""
    lever: Word = ""
    service: Word = ""
    since: date | None = None
    until: date | None = None
    cursor: str | None = None
    limit: int = 20


class FoundReviewOut(Schema):
    """A review that fits, and where the words stand."""

    review: ReviewOut
    score: float
    where: str
    excerpt: str


class FoundReviewList(Schema):
    """Some of them, the best first."""

    items: list[FoundReviewOut]
    next_cursor: str | None


class SimilarOut(Schema):
    """A similar incident: how alike from 0 to 1, and why."""

    name: str
    title: str
    service: str
    started_at: datetime
    score: float
    reasons: list[str]


class RecurrenceOut(Schema):
    """Whether it happened again: recurred, not, unknown or early; later incidents by what they share."""

    review: str
    title: str
    service: str
    verdict: str
    verdict_word: str
    looked_at: datetime | None
    until: datetime
    factors: int
    fingerprints: int
    service_again: int
    unnamed: int
    again: list[dict[str, Any]]


class FactorPatternOut(Schema):
    """A kind of factor or a lever: reviews that have it, by quarter and in all."""

    name: str
    word: str
    counts: list[int]
    reviews: int


class DurationsOut(Schema):
    """Minutes: lowest, middle half, median, highest, of `n` incidents."""

    n: int
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float


class PatternsOut(Schema):
    """What comes back, by quarter; a distribution is null with fewer than four incidents."""

    quarters: list[str]
    reviews: list[int]
    unnamed: list[int]
    kinds: list[FactorPatternOut]
    levers: list[FactorPatternOut]
    spreads: dict[str, DurationsOut | None]


class ReviewExportOut(Schema):
    """A review as Markdown, and what its file is called."""

    name: str
    markdown: str
