"""The pages of incidents: all of them, and one with its suspects, its timeline and its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.incidents import queries, rules, showing
from roadbed.reliability.incidents.rules.timeline import only

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 50
GROUPS = (("", "Everything"), ("people", "People"), ("changes", "Changes"), ("alerts", "Alerts"))


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All incidents, newest first; the ones that go on are counted."""
    return listing(request)


def listing(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The list, with the form that opens one."""
    wanted = request.GET.get("status", "")
    page = queries.incidents(status=wanted, cursor=request.GET.get("cursor") or None, limit=SHOWN)
    now = timezone.now()
    context = {
        "wanted": wanted,
        "rows": [
            {"view": view, "badge": showing.badge(view), "lasted": showing.lasted(view, now)} for view in page.items
        ],
        "more_url": f"?{urlencode({'status': wanted, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "going_on": queries.count_open(),
        "severities": rules.SEVERITIES.items(),
        "may_open": may(doors.caller(request), "incident.write").allowed,
        "given": {"severity": "2"},
        "any": bool(page.items or wanted),
    }
    return render(request, "incidents/list.html", context | more, status=status)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One incident."""
    return one(request, name)


def one(request: HttpRequest, name: str, *, refusal: Refusal | None = None, **given: str) -> HttpResponse:
    """The page, also with what was wrong with a form of it."""
    now = timezone.now()
    page = queries.incident(name, now=now)
    group = request.GET.get("show", "")
    context = {
        "page": page,
        "view": page.view,
        "badge": showing.badge(page.view),
        "facts": showing.facts(page, now),
        "suspects": showing.suspects(page),
        "events": showing.events(only(page.timeline, group)),
        "groups": [
            {"url": f"?show={value}" if value else "?", "label": label, "current": value == group}
            for value, label in GROUPS
        ],
        "spent": showing.spent(page.view, now),
        "confirm": showing.rollback(page),
        "severities": rules.SEVERITIES.items(),
        "roles": rules.ROLES.items(),
        "service_url": showing.url_of("portal:service", page.view.service),
        "review_url": showing.url_of("reviews:review", page.view.name) if page.view.status == "resolved" else "",
        "may_write": may(doors.caller(request), "incident.write").allowed,
        "refusal": refusal,
        "given": given,
    }
    return render(request, "incidents/incident.html", context, status=refusal.status if refusal else 200)
