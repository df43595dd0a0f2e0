"""Learning over HTTP: search, patterns, recurrence, similar incidents, a review as Markdown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.reviews import exporting, learning, learning_schemas, recurring, rules
from roadbed.reliability.reviews.learning import Wanted
from roadbed.reliability.reviews.rules.recurring import VERDICTS

router = Router(tags=["reviews"])


@router.get("/review-search", response=learning_schemas.FoundReviewList, operation_id="search_reviews")
def search_reviews(request: HttpRequest, wanted: Annotated[learning_schemas.ReviewSearchIn, Query()]) -> Any:
    """Reviews that have all words, the best first, by kind of factor, lever, service and days of the harm."""
    authorise(caller(request), "read")
    asked = Wanted(wanted.q, wanted.kind, wanted.lever, wanted.service, wanted.since, wanted.until)
    page = learning.search(asked, cursor=wanted.cursor, limit=wanted.limit)
    items = [{"review": one.view, "score": one.score, "where": one.where, "excerpt": one.excerpt} for one in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/review-patterns", response=learning_schemas.PatternsOut, operation_id="show_patterns")
def show_patterns(request: HttpRequest, service: str = "", quarters: int = learning.QUARTERS) -> Any:
    """Kinds of factors and levers by quarter, and durations as distributions."""
    authorise(caller(request), "read")
    found = learning.patterns(now=timezone.localtime(), service=service, quarters=quarters)
    return asdict(found) | {"spreads": {name: one and asdict(one) for name, one in found.spreads}}


@router.get("/review-recurrences", response=list[learning_schemas.RecurrenceOut], operation_id="list_recurrences")
def list_recurrences(request: HttpRequest, verdict: str = "") -> Any:
    """What 90 days showed, the newest judgement first."""
    authorise(caller(request), "read")
    if verdict:
        rules.checked_choice(verdict, [one for one in VERDICTS if one != "early"], "verdict")
    return list(recurring.recurrences(verdict))


@router.get("/reviews/{reference}/recurrence", response=learning_schemas.RecurrenceOut, operation_id="show_recurrence")
def show_recurrence(request: HttpRequest, reference: str) -> Any:
    """Whether it happened again, or so far."""
    authorise(caller(request), "read")
    return recurring.recurrence(reference, now=timezone.now())


@router.get("/reviews/{reference}/similar", response=list[learning_schemas.SimilarOut], operation_id="list_similar")
def list_similar(request: HttpRequest, reference: str) -> Any:
    """Incidents like this one, with the reasons."""
    authorise(caller(request), "read")
    return [
        {"name": one.case.name, "title": one.case.title, "service": one.case.service,
         "started_at": one.case.started_at, "score": round(one.score, 3), "reasons": one.reasons}
        for one in recurring.similar(reference)
    ]  # fmt: skip


@router.get("/reviews/{reference}/export", response=learning_schemas.ReviewExportOut, operation_id="export_review")
def export_review(request: HttpRequest, reference: str) -> Any:
    """The review as Markdown that stands alone; its page offers the same as a file."""
    authorise(caller(request), "read")
    name, text = exporting.export(reference, now=timezone.now())
    return {"name": name, "markdown": text}
