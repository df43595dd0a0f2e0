"""The pages of exclusions: a service's, the form that previews before it excludes, and withdrawing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import authorise, may
from roadbed.ground.shell import doors
from roadbed.reliability.objectives import charting, excluded, exclusion_forms, previewing, queries, showing_excluded
from roadbed.reliability.objectives.usecases import exclude as take_out
from roadbed.reliability.objectives.usecases import withdraw as put_back

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.reliability.objectives.exclusion_forms import Read

VERB = "objective.write"
CONFIRMED = "confirm"


@require_safe
@doors.page
def show_all(request: HttpRequest, name: str) -> HttpResponse:
    """A service's exclusions, those that stand and those that were withdrawn."""
    service = require_service(name)
    found = excluded.exclusions(service.uid, withdrawn=True)
    rows = [(one, charting.times_in_words(one)) for one in found]
    context = {
        "service": service,
        "standing": [row for row in rows if row[0].withdrawn_at is None],
        "withdrawn": [row for row in rows if row[0].withdrawn_at is not None],
        "objectives": {view.uid: view.title for view in queries.objectives_of(service.uid)},
        "may_write": may(doors.caller(request), VERB, team=service.owner).allowed,
        "now": timezone.localtime(),
    }
    return render(request, "objectives/exclusions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def exclude(request: HttpRequest, name: str) -> HttpResponse:
    """The form; sent once it shows what would change, sent again it excludes the time."""
    service = require_service(name)
    caller = doors.caller(request)
    authorise(caller, VERB, team=service.owner)
    zone = timezone.get_current_timezone_name()
    given = exclusion_forms.given_in(request.POST if request.method == "POST" else request.GET, zone=zone)
    if request.method != "POST":
        return _form(request, service, given)
    views = queries.objectives_of(service.uid)
    read = exclusion_forms.read(given, service_uid=service.uid, objectives=frozenset(view.uid for view in views))
    if read.wish is None:
        return _form(request, service, given, faults=read.faults, status=422)
    if request.POST.get("act") != CONFIRMED or request.POST.get("seen") != read.digest:
        changed = request.POST.get("act") == CONFIRMED
        return _previewed(request, service, read, changed=changed)
    wish = read.wish
    try:
        take_out(
            caller, service.uid, objective=wish.objective, starts_at=wish.starts_at, ends_at=wish.ends_at,
            rrule=wish.rrule, zone=wish.zone, reason=given["reason"], now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        faults = {refusal.place.field: refusal}
        return _form(request, service, given, faults=faults, status=refusal.status)
    messages.success(request, "It is excluded. Budget, burn and alerts follow within 10 s.", extra_tags="good")
    return HttpResponseRedirect(_back(service, wish.objective))


def _back(service: ServiceView, objective: str) -> str:
    if objective:
        return resolve_url("objectives:objective", objective)
    return resolve_url("objectives:exclusions", service.name)


def _previewed(request: HttpRequest, service: ServiceView, read: Read, *, changed: bool) -> HttpResponse:
    assert read.wish is not None  # noqa: S101 - asked before
    preview = previewing.excluding(read.wish)
    return _form(
        request, service, read.given,
        preview=showing_excluded.drawn(preview, read.wish), seen=read.digest, changed=changed,
    )  # fmt: skip


def _form(
    request: HttpRequest, service: ServiceView, given: Any, *, faults: Any = None, status: int = 200, **more: Any
) -> HttpResponse:
    held = faults or {}
    known = {"objective", "starts_at", "ends_at", "zone", "rrule", "reason"}
    context = {
        "service": service,
        "given": given,
        "faults": held,
        "others": [fault for field, fault in held.items() if field not in known],
        "again": exclusion_forms.AGAIN,
        "objectives": queries.objectives_of(service.uid),
        "now": timezone.localtime(),
        **more,
    }
    return render(request, "objectives/exclude.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Let excluded time count again, after a look at what that changes."""
    one = excluded.exclusion(uid)
    service = require_service(one.service_uid)
    caller = doors.caller(request)
    authorise(caller, VERB, team=service.owner)
    if request.method == "POST":
        put_back(caller, uid, now=timezone.now())
        messages.success(request, "It counts again. Budget, burn and alerts follow within 10 s.", extra_tags="good")
        return HttpResponseRedirect(_back(service, one.objective))
    stands = one.withdrawn_at is None
    wish = previewing.Wish.of(one)
    context = {
        "one": one,
        "service": service,
        "said": charting.times_in_words(one),
        "preview": showing_excluded.drawn(previewing.withdrawing(wish), wish) if stands else None,
        "back": _back(service, one.objective),
        "now": timezone.localtime(),
    }
    return render(request, "objectives/withdraw.html", context)
