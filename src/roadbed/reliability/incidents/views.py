"""The pages of incidents: all of them, and one with its suspects, its timeline and its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors, preferences
from roadbed.reliability.incidents import chatting, queries, rules, severities, showing
from roadbed.reliability.incidents.budget import spent
from roadbed.reliability.incidents.rules.timeline import only

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller
    from roadbed.reliability.incidents.values import IncidentPage, IncidentView

SHOWN = 50
GROUPS = (
    ("", "Everything"), ("people", "People"), ("changes", "Changes"), ("alerts", "Alerts"), ("pinned", "Pinned"),
)  # fmt: skip
ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo",
    "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All incidents, newest first; the ones that go on are counted."""
    return listing(request)


def listing(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The list, with the form that opens one."""
    wanted, text = request.GET.get("status", ""), request.GET.get("q", "").strip()[:140]
    kept = {"q": text} if text else {}
    asking = doors.caller(request)
    page = queries.incidents(
        status=wanted, text=text, caller=asking, cursor=request.GET.get("cursor") or None, limit=SHOWN
    )
    now = timezone.now()
    context = {
        "wanted": wanted,
        "text": text,
        "kept": urlencode(kept),
        "rows": [
            {"view": view, "badge": showing.badge(view), "lasted": showing.lasted(view, now)} for view in page.items
        ],
        "more_url": f"?{urlencode({'status': wanted, **kept, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "going_on": queries.count_open(asking),
        "severities": severities.severities(),
        "may_open": may(asking, "incident.write").allowed,
        "may_define": may(asking, "policy.write").allowed,
        "given": {"severity": "2"},
        "any": bool(page.items or wanted or text),
    }
    return render(request, "incidents/list.html", context | more, status=status)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One incident; one that was merged leads to what it became part of, unless its own history is asked for."""
    view = queries.view_for(name, caller=doors.caller(request))
    if view.merged_into and "own" not in request.GET:
        messages.info(request, f"{view.name} was merged into this one.", extra_tags="info")
        return HttpResponseRedirect(resolve_url("incidents:incident", view.merged_into))
    return one(request, name)


def one(request: HttpRequest, name: str, *, refusal: Refusal | None = None, **given: str) -> HttpResponse:
    """The page, also with what was wrong with a form of it."""
    now = timezone.now()
    asking = doors.caller(request)
    page = queries.incident(name, now=now, caller=asking)
    group = request.GET.get("show", "")
    zone, viewers = _zone(request.GET.get("zone", "")), timezone.get_current_timezone_name()
    context = {
        "page": page,
        "view": page.view,
        "badge": showing.badge(page.view),
        "facts": showing.facts(page, now),
        "stages": rules.STAGES,
        "stage_number": rules.STAGES.index(page.view.stage) + 1,
        "suspects": showing.suspects(page),
        "none_of_these": None if page.none_of_these is None else showing.likely(page.none_of_these),
        "lines": showing.lines(only(page.timeline, group)),
        "groups": showing.groups(GROUPS, group, "" if zone == viewers else zone),
        "zone": zone,
        "zones": tuple(dict.fromkeys((zone, viewers, *ZONES))),
        "viewers_zone": viewers,
        "spent": spent(page.view, now),
        "now": timezone.localtime(now),
        "times": showing.times(page),
        "confirm": showing.rollback(page),
        "severities": severities.severities(),
        "roles": rules.ROLES.items(),
        "others": _others(page, asking),
        "draft": page.draft if request.GET.get("draft") else given.get("update", ""),
        "follows": any(one.person_uid == asking.uid and one.follows for one in page.participants),
        "offers_rooms": chatting.is_offered(),
        "service_url": showing.url_of("portal:service", page.view.service),
        "review_url": showing.review_url(page.view),
        "may_write": may(asking, "incident.write").allowed,
        "refusal": refusal,
        "given": given,
    }
    with timezone.override(ZoneInfo(zone)):
        return render(request, "incidents/incident.html", context, status=refusal.status if refusal else 200)


def _others(page: IncidentPage, asking: Caller) -> tuple[IncidentView, ...]:
    """What it could be part of: the incidents that go on beside it."""
    found = queries.incidents(status="unresolved", caller=asking, limit=SHOWN).items
    return tuple(view for view in found if view.uid != page.view.uid)


def _zone(said: str) -> str:
    """The time zone that the page tells times in: the viewer's, where none is said."""
    found = preferences.zone_named(said)
    return found.key if found else timezone.get_current_timezone_name()
