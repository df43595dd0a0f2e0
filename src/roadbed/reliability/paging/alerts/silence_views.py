"""The page of silences: what is in force, what a new one would hit, the button that makes or ends one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.rules import authorise, may
from roadbed.ground.shell import doors
from roadbed.reliability.paging.alerts import queries, showing, silencing
from roadbed.reliability.paging.alerts.views import lines

if TYPE_CHECKING:
    from django.http import HttpRequest

LENGTHS: Final = (
    ("30", "30 min"), ("60", "1 h"), ("120", "2 h"), ("240", "4 h"), ("480", "8 h"), ("1440", "1 day"),
    ("4320", "3 days"), ("10080", "1 week"),
)  # fmt: skip
_FIELDS: Final = ("matchers", "from", "minutes", "rrule", "zone", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """Silences; a post previews one, and makes it when the preview was seen."""
    caller, now = doors.caller(request), timezone.now()
    authorise(caller, "read")
    given = {name: request.POST.get(name, request.GET.get(name, "")).strip()[:3000] for name in _FIELDS}
    given["minutes"], given["zone"] = given["minutes"] or "60", given["zone"] or timezone.get_current_timezone_name()
    context: dict[str, Any] = {}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            asked = _asked(given, now)
            silencing.check(asked, now=now)
            if request.POST.get("act") == "make":
                silencing.silence(caller, asked, now=now)
                messages.success(request, "It is silenced.", extra_tags="good")
                return HttpResponseRedirect(resolve_url("paging:silences"))
            hit = queries.hit(asked.matchers, now=now)
            context = {"hit": hit, "hits": lines(hit.open)}
        except Refusal as fault:
            refusal = fault
    context |= {
        "tabs": showing.tabs("silences"),
        "rows": [
            {"view": one, "badge": showing.silence_badge(one), "open": one.state in ("active", "coming")}
            for one in queries.silences(now=now, everything=True)
        ],
        "given": given,
        "lengths": LENGTHS,
        "refusal": refusal,
        "may_write": may(caller, silencing.VERB).allowed,
    }
    return render(request, "paging/silences.html", context, status=refusal.status if refusal else 200)


def _asked(given: dict[str, str], now: datetime) -> silencing.Asked:
    start = now
    if given["from"]:
        try:
            start = datetime.fromisoformat(given["from"])
            start = start if start.tzinfo else start.replace(tzinfo=ZoneInfo(given["zone"]))
        except (ValueError, ZoneInfoNotFoundError, OSError):
            raise Invalid(
                f"{given['from'][:40]!r} is no instant on the clock of {given['zone'][:40]}.",
                remedy="Like 2026-11-24T22:00, and a zone like Europe/Berlin.", place=Place(field="from"),
            ) from None  # fmt: skip
    if given["minutes"] not in dict(LENGTHS):
        raise Invalid("That is no length to choose.", remedy="Choose one.", place=Place(field="minutes"))
    matchers = [line.strip() for line in given["matchers"].splitlines() if line.strip()]
    end = start + timedelta(minutes=int(given["minutes"]))
    return silencing.Asked(matchers, start, end, given["reason"], given["rrule"], given["zone"])


@require_POST
@doors.page
def end(request: HttpRequest, uid: str) -> HttpResponse:
    """End one before its time."""
    silencing.end(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "It is over. What still fires is paged within seconds.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:silences"))
