"""The pages over all reviews: search, patterns with recurrence and durations; a review as a file of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.reliability.reviews import exporting, learning, recurring, rules, showing
from roadbed.reliability.reviews.learning import Wanted

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

SHOWN = 25
FIELDS = ("q", "kind", "lever", "service", "since", "until")


@require_safe
@doors.page
def search(request: HttpRequest) -> HttpResponse:
    """Search all reviews by words and filters."""
    given = {name: request.GET.get(name, "").strip() for name in FIELDS}
    refusal: Refusal | None = None
    items: tuple[learning.Found, ...] = ()
    more = ""
    if any(given.values()):
        try:
            page = learning.search(_wanted(given), cursor=request.GET.get("cursor") or None, limit=SHOWN)
            items, more = page.items, page.next_cursor or ""
        except Refusal as fault:
            refusal = fault
    today = timezone.localdate()
    context: dict[str, Any] = {
        "given": given,
        "asked": any(given.values()),
        "rows": [{"found": one, "badge": showing.badge(one.view, today)} for one in items],
        "more_url": f"?{urlencode({**given, 'cursor': more})}" if more else "",
        "kinds": rules.KINDS.items(),
        "levers": rules.LEVERS.items(),
        "refusal": refusal,
    }
    return render(request, "reviews/search.html", context, status=refusal.status if refusal else 200)


@require_safe
@doors.page
def patterns(request: HttpRequest) -> HttpResponse:
    """What comes back: factors and levers by quarter, recurrence, durations."""
    service = request.GET.get("service", "").strip()[:130]
    found = learning.patterns(now=timezone.localtime(), service=service)
    context = {
        "found": found,
        "any": sum(found.reviews) > 0,
        "kinds": showing.pattern_rows(found, found.kinds),
        "levers": showing.pattern_rows(found, found.levers),
        "whole": tuple(zip(found.quarters, found.reviews, found.unnamed, strict=True)),
        "spreads": showing.spreads(found),
        "recurrences": [{"view": one, "badge": showing.verdict(one.verdict)} for one in recurring.recurrences()],
        "service": service,
    }
    return render(request, "reviews/patterns.html", context)


@require_safe
@doors.page
def export(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the door hands the request over
    """The review as a file of Markdown."""
    file, text = exporting.export(name, now=timezone.now())
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _wanted(given: dict[str, str]) -> Wanted:
    return Wanted(
        given["q"], given["kind"], given["lever"], given["service"], _day(given, "since"), _day(given, "until")
    )


def _day(given: dict[str, str], field: str) -> date | None:
    if not given[field]:
        return None
    try:
        found = parse_date(given[field])
    except ValueError:
        found = None
    if found is None:
        raise Invalid(
            f"{given[field][:40]!r} is not a day.", remedy="Write it as 2026-06-26.", place=Place(field=field)
        )
    return found
