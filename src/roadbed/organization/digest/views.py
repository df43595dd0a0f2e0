"""The pages of digests: one's own settings with a preview, a team's default, and the link that stops them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import Invalid, NotFound, Refusal
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge
from roadbed.organization.digest import queries, usecases
from roadbed.organization.digest.composing import digest_of
from roadbed.organization.digest.models import Issue
from roadbed.organization.digest.rules.scheduling import DAYS

if TYPE_CHECKING:
    from django.http import HttpRequest

BADGES = {
    Issue.WAITING: Badge("info", "Waits"),
    Issue.SENDING: Badge("info", "Goes out"),
    Issue.SENT: Badge("good", "Sent"),
    Issue.EMPTY: Badge("idle", "Nothing to tell", "circle-off", plain=True),
    Issue.FAILED: Badge("bad", "Not sent"),
    Issue.UNKNOWN: Badge("unknown", "Nobody knows"),
}
HOURS = tuple(range(24))


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def mine(request: HttpRequest) -> HttpResponse:
    """One's own digest: whether, when, and what would be in it now."""
    if request.method != "POST":
        return _mine(request)
    given = {field: request.POST.get(field, "") for field in ("wanted", "day", "zone")}
    hour = request.POST.get("hour", "")
    try:
        if not hour.isascii() or not hour.isdecimal() or len(hour) > 2:  # noqa: PLR2004 - two digits
            raise Invalid(f"{hour[:10]!r} is no hour.", remedy="Write 0 to 23.")
        usecases.write_preference(doors.caller(request), **given, hour=int(hour), now=timezone.now())
    except Refusal as refusal:
        return _mine(request, refusal=refusal)
    messages.success(request, "Kept.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("digest:mine"))


def _mine(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.localtime()
    person = usecases.person_of(doors.caller(request))
    wish = queries.settings_of(person, now=now)
    context = {
        "wish": wish,
        "digest": digest_of(person, now=now),
        "issues": [(one, BADGES[one.state]) for one in wish.issues],
        "days": DAYS,
        "hours": HOURS,
        "zones": sorted(available_timezones()),
        "mails": bool(settings.SMTP_URL),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "digest/mine.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def team(request: HttpRequest, name: str) -> HttpResponse:
    """Let a team's members get digests, or not."""
    wanted = request.POST.get("wanted") == "on"
    usecases.write_team_default(doors.caller(request), name, wanted=wanted, now=timezone.now())
    said = "Its members get the weekly digest, unless they say otherwise." if wanted else "Digests are each one's own."
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:team", name))


@csrf_exempt  # a mail program posts without a cookie; whoever holds the link may stop these mails and nothing else
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, person: str, secret: str) -> HttpResponse:
    """Behind the link in a digest: opening it changes nothing, a POST of the button or of a mail program stops them."""
    try:
        reader = usecases.behind(person, secret)
        if request.method == "POST":
            usecases.stop(person, secret, now=timezone.now())
    except NotFound:
        return render(request, "digest/stop.html", {"gone": True}, status=404)
    return render(request, "digest/stop.html", {"reader": reader.name, "done": request.method == "POST"})
