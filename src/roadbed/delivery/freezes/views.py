"""The page of freezes: those now and to come, a form that declares one, a button that lifts one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.delivery.freezes import queries, usecases
from roadbed.delivery.freezes.rules import SCOPES
from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge

if TYPE_CHECKING:
    from django.http import HttpRequest

BADGES: Final = {
    "now": Badge("warn", "Frozen now"),
    "to come": Badge("info", "To come"),
    "over": Badge("idle", "Over"),
    "lifted": Badge("idle", "Lifted"),
}
FIELDS: Final = ("scope", "target", "reason", "starts_at", "ends_at")


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All freezes; a POST declares one."""
    caller, now = doors.caller(request), timezone.now()
    given = {name: request.POST.get(name, "").strip() for name in FIELDS}
    status, refusal = 200, None
    if request.method == "POST":
        try:
            usecases.declare(
                caller,
                scope=given["scope"],
                target="" if given["scope"] == "everything" else given["target"],
                reason=given["reason"],
                starts_at=_instant(given["starts_at"], "starts_at", default=now),
                ends_at=_instant(given["ends_at"], "ends_at"),
                now=now,
            )
        except Refusal as fault:
            status, refusal = fault.status, fault
        else:
            messages.success(request, "Declared. The gate tells everybody who asks.")
            return HttpResponseRedirect(resolve_url("freezes:list"))
    context: dict[str, Any] = {
        "rows": [{"view": view, "badge": BADGES[view.state]} for view in queries.freezes(now=now, past=True)],
        "scopes": SCOPES,
        "given": given,
        "refusal": refusal,
        "may_write": may(caller, "freeze.write").allowed,
        "zone": timezone.get_current_timezone_name(),
        "now": timezone.localtime(now),
    }
    return render(request, "freezes/list.html", context, status=status)


def _instant(text: str, field: str, *, default: datetime | None = None) -> datetime:
    if not text and default is not None:
        return default
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid(f"{text!r} is no date and time.", remedy="Write 2026-12-18T18:00.", place=Place(field=field))
    return timezone.make_aware(found) if timezone.is_naive(found) else found


@require_POST
@doors.page
def lift(request: HttpRequest, uid: str) -> HttpResponse:
    """End one before its time."""
    usecases.lift(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "Lifted. Changes go out again.")
    return HttpResponseRedirect(resolve_url("freezes:list"))
