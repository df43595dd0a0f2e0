"""Reading over all reviews: search by words and filters, which factors come back by quarter, how long things took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import log
from typing import Any

from django.db import connections
from django.db.models import Count, Q, QuerySet

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.reviews import queries, rules
from roadbed.reliability.reviews.models import Factor, Review, Term
from roadbed.reliability.reviews.rules.finding import asked, excerpt
from roadbed.reliability.reviews.rules.spreads import Spread, spread
from roadbed.reliability.reviews.values import ReviewView

LONGEST_QUESTION = 200
MOST_FOUND = 500
QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for: words, and what must hold besides; everything empty is every review."""

    words: str = ""
    kind: str = ""
    lever: str = ""
    service: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A review that fits, how well, and where its words stand. Without words the score is 0."""

    view: ReviewView
    score: float
    where: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of factor or a lever, how often it came in each quarter, and in how many reviews over all of them."""

    name: str
    word: str
    counts: tuple[int, ...]
    reviews: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """What comes back: kinds of factors and levers by quarter, the oldest first; `reviews` are those of each quarter.

    Attributes:
        unnamed: reviews of each quarter in which nobody named a factor yet.
        spreads: minutes until found, acknowledged and ended; None where fewer than four are known.
    """

    quarters: tuple[str, ...]
    reviews: tuple[int, ...]
    unnamed: tuple[int, ...]
    kinds: tuple[Pattern, ...]
    levers: tuple[Pattern, ...]
    spreads: tuple[tuple[str, Spread | None], ...]


def search(wanted: Wanted, *, cursor: str | None = None, limit: int = 20) -> Page[Found]:
    """Reviews that fit, the best first; with filters alone the newest first. Every word must be there, or begin one."""
    terms = asked(_checked(wanted).words)
    rows = _filtered(wanted)
    checked_limit(limit)
    if wanted.words.strip() and not terms:
        return Page((), None)
    scores = _scores(terms) if terms else {}
    if terms:
        ordered = _ordered(rows, scores)
    else:
        ordered = list(rows.order_by("-number").values_list("pk", "number")[:MOST_FOUND])
    start = 0
    if cursor:
        (start,) = decode_cursor(cursor, 1)
        if not isinstance(start, int) or start < 0:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    part = [(at + start, pk) for at, (pk, _) in enumerate(ordered[start : start + limit + 1])]
    page = page_of(part, limit, lambda one: (one[0] + 1,))
    views = _views([pk for _, pk in page.items])
    return Page(tuple(_found(views[pk], scores.get(pk, 0.0), terms) for _, pk in page.items), page.next_cursor)


def _checked(wanted: Wanted) -> Wanted:
    if len(wanted.words) > LONGEST_QUESTION or "\x00" in wanted.words + wanted.service:
        raise Invalid(
            "That is too long to look for.", remedy=f"At most {LONGEST_QUESTION} characters.", place=Place(field="q")
        )
    if wanted.kind:
        rules.checked_choice(wanted.kind, rules.KINDS, "kind")
    if wanted.lever:
        rules.checked_choice(wanted.lever, rules.LEVERS, "lever")
    return wanted


def _filtered(wanted: Wanted) -> QuerySet[Review]:
    rows = Review.objects.all()
    if wanted.service:
        rows = rows.filter(service_name__iexact=wanted.service)
    if wanted.since:
        rows = rows.filter(started_at__date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(started_at__date__lte=wanted.until)
    if wanted.kind:
        rows = rows.filter(pk__in=Factor.objects.filter(kind=wanted.kind, role=Factor.CONTRIBUTED).values("review"))
    if wanted.lever:
        rows = rows.filter(actions__lever=wanted.lever).distinct()
    return rows


def _scores(terms: Iterable[str]) -> dict[int, float]:
    """The score of each review that has all words: weights of what stands there, rare words counting more."""
    whole = max(Review.objects.count(), 1)
    found: dict[int, float] | None = None
    for term in terms:
        mine: dict[int, float] = {}
        for pk, said, weight in _beginning(term).values_list("review_id", "term", "weight"):
            mine[pk] = mine.get(pk, 0.0) + weight * (1.0 if said == term else 0.5)
        rare = log(1 + whole / max(len(mine), 1))
        if found is None:
            found = {pk: weight * rare for pk, weight in mine.items()}
        else:
            found = {pk: found[pk] + weight * rare for pk, weight in mine.items() if pk in found}
    return found or {}


def _beginning(term: str) -> QuerySet[Term]:
    """Rows whose word begins with it, by the index: SQLite uses none for LIKE, and PostgreSQL may sort by language."""
    if connections["default"].vendor == "sqlite":
        return Term.objects.filter(term__gte=term, term__lt=f"{term}\U0010ffff")
    return Term.objects.filter(term__startswith=term)


def _ordered(rows: QuerySet[Review], scores: dict[int, float]) -> list[tuple[int, int]]:
    if not scores:
        return []
    best = sorted(scores, key=lambda pk: -scores[pk])[:5000]
    fits = [
        one
        for start in range(0, len(best), 900)
        for one in rows.filter(pk__in=best[start : start + 900]).values_list("pk", "number")
    ]
    return sorted(fits, key=lambda one: (-round(scores[one[0]], 6), -one[1]))[:MOST_FOUND]


def _views(keys: list[int]) -> dict[int, Any]:
    rows = Review.objects.filter(pk__in=keys).annotate(
        actions_count=Count("actions"), actions_open=Count("actions", filter=Q(actions__closed_at=None))
    )
    return {row.pk: row for row in rows.prefetch_related("factors", "actions")}


def _found(row: Any, score: float, terms: tuple[str, ...]) -> Found:
    where, said = "", ""
    if terms:
        texts = {rules.SECTIONS[name][0]: row.sections.get(name, "") for name in rules.SECTIONS}
        texts = {f"Factor {one.key}": one.text for one in row.factors.all()} | texts
        texts |= {f"Action {one.key}": one.text for one in row.actions.all()}
        texts |= {"Timeline": ". ".join(one["title"] for one in row.timeline)}
        where, said = excerpt(texts, terms)
    return Found(queries.view_of(row), round(score, 3), where, said)


def patterns(*, now: datetime, service: str = "", quarters: int = QUARTERS) -> Patterns:
    """Kinds of factors and levers by the quarter in which harm began, and durations as distributions."""
    if not 1 <= quarters <= 40:  # noqa: PLR2004 - ten years
        raise Invalid(f"{quarters} quarters cannot be.", remedy="1 to 40.", place=Place(field="quarters"))
    names = _quarters(now, quarters)
    rows = Review.objects.filter(started_at__gte=_start(names[0], now), started_at__lte=now)
    if service:
        rows = rows.filter(service_name__iexact=service.replace("\x00", ""))
    listed = list(rows.values_list("pk", "started_at", "detected_at", "acknowledged_at", "ended_at"))
    quarter = {pk: _quarter(at) for pk, at, *_ in listed}
    named = Factor.objects.filter(review__in=rows, role=Factor.CONTRIBUTED).values_list("review", "kind").distinct()
    pulled = rows.filter(actions__isnull=False).values_list("pk", "actions__lever").distinct()
    with_factor = {pk for pk, _ in named}
    all_in = Counter(quarter.values())
    bare = Counter(where for pk, where in quarter.items() if pk not in with_factor)
    return Patterns(
        names,
        tuple(all_in[name] for name in names),
        tuple(bare[name] for name in names),
        _patterns(named, quarter, names, rules.KINDS),
        _patterns(pulled, quarter, names, rules.LEVERS),
        _spreads(listed),
    )


def _patterns(
    said: Iterable[tuple[int, str]], quarter: dict[int, str], names: tuple[str, ...], words: dict[str, str]
) -> tuple[Pattern, ...]:
    counted = Counter((name, quarter[pk]) for pk, name in said)
    found = (
        Pattern(name, word, tuple(counted[name, one] for one in names), sum(counted[name, one] for one in names))
        for name, word in words.items()
    )
    return tuple(sorted(found, key=lambda one: -one.reviews))


def _spreads(listed: list[Any]) -> tuple[tuple[str, Spread | None], ...]:
    def minutes(of: Iterable[tuple[datetime, datetime | None]]) -> Spread | None:
        return spread([(end - start).total_seconds() / 60 for start, end in of if end is not None and end >= start])

    return (
        ("Found after", minutes((start, found) for _, start, found, _, _ in listed)),
        ("Acknowledged after", minutes((found, taken) for _, _, found, taken, _ in listed)),
        ("Ended after", minutes((found, end) for _, _, found, _, end in listed)),
        ("Harm", minutes((start, end) for _, start, _, _, end in listed)),
    )


def _quarter(at: datetime) -> str:
    return f"{at.year} Q{(at.month + 2) // 3}"


def _quarters(now: datetime, many: int) -> tuple[str, ...]:
    last = now.year * 4 + (now.month - 1) // 3
    return tuple(f"{one // 4} Q{one % 4 + 1}" for one in range(last - many + 1, last + 1))


def _start(name: str, now: datetime) -> datetime:
    year, number = name.split(" Q")
    return now.replace(year=int(year), month=int(number) * 3 - 2, day=1, hour=0, minute=0, second=0, microsecond=0)
