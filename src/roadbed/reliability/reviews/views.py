"""The pages of reviews: all of them with the actions that are open, and one, written in place."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.reviews import exporting, hinting, learning, queries, recurring, rules, showing
from roadbed.reliability.reviews.rules.evidence import url_in
from roadbed.reliability.reviews.rules.graph import HARM
from roadbed.reliability.reviews.rules.telling import KNOWN

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.reliability.reviews.values import ReviewPage

SHOWN = 50


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All reviews, and every action that is open."""
    wanted = request.GET.get("state", "")
    page = queries.reviews(state=wanted, cursor=request.GET.get("cursor") or None, limit=SHOWN)
    today = timezone.localdate()
    context = {
        "wanted": wanted,
        "rows": [{"view": view, "badge": showing.badge(view, today)} for view in page.items],
        "any": bool(page.items or wanted),
        "more_url": f"?{urlencode({'state': wanted, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "actions": [{"view": one, "badge": showing.due(one, today)} for one in queries.open_actions()],
    }
    return render(request, "reviews/list.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One review."""
    return one(request, name)


def one(request: HttpRequest, name: str, *, refusal: Refusal | None = None, form: str = "") -> HttpResponse:
    """The page, also with what was wrong with one of its forms, and what was written into it."""
    page = queries.review(name)
    asking, now = doors.caller(request), timezone.localtime()
    today = now.date()
    again = recurring.recurrence(name, now=now)
    given = request.POST if refusal is not None else {}
    context = {
        "page": page,
        "view": page.view,
        "badge": showing.badge(page.view, today),
        "facts": showing.facts(page),
        "tabs": showing.tabs(page),
        "incident_url": showing.url_of("incidents:incident", page.view.name),
        "service_url": showing.url_of("portal:service", page.view.service),
        "lines": showing.lines(page),
        "graph": showing.graph_of(page),
        "factors": _factors(page),
        "contributed": [factor for factor in page.factors if factor.role == "contributed"],
        "similar": recurring.similar(name),
        "recurrence": again,
        "verdict": showing.verdict(again.verdict),
        "spreads": showing.spreads(learning.patterns(now=now), showing.own_minutes(page)),
        "roles": rules.ROLES.items(),
        "severe": page.view.severity <= rules.SEVERE,
        "sections": showing.sections(page, given if form == "sections" else {}),
        "read": [(one, exporting.html_of(one.text)) for one in showing.sections(page, {}) if one.text],
        "actions": [
            {
                "view": action,
                "badge": showing.due(action, today),
                "url": url_in(action.closing_evidence),
                "looks": action.waits and asking.uid not in (action.owner_uid, action.handed_by_uid),
            }
            for action in page.actions
        ],
        "hints": hinting.hints_of(page) if page.view.state == "draft" else (),
        "kinds": rules.KINDS.items(),
        "levers": rules.LEVERS.items(),
        "known": KNOWN.items(),
        "writes": page.view.state == "draft" and may(asking, "review.write").allowed,
        "acts": may(asking, "review.write").allowed,
        "today": today.isoformat(),
        "refusal": refusal,
        "form": form,
        "given": given,
    }
    return render(request, "reviews/review.html", context, status=refusal.status if refusal else 200)


def _factors(page: ReviewPage) -> list[dict[str, object]]:
    """The factors, each with what it led to in words, and those that it could still be said to have led to."""
    leads = showing.leads_of(page)
    return [
        {
            "view": one,
            "leads": leads[one.key],
            "linked": one.leads_to,
            "others": [
                other
                for other in page.factors
                if other.role == one.role == "contributed" and other.key != one.key and other.key not in one.leads_to
            ],
            "to_harm": one.role == "contributed" and HARM not in one.leads_to,
        }
        for one in page.factors
    ]
