"""The buttons of an incident's pages: each posts a form, does one thing and comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.reliability.incidents import queries, showing, usecases, views
from roadbed.reliability.incidents.rules import name_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller


@require_POST
@doors.page
def open_one(request: HttpRequest) -> HttpResponse:
    """Open an incident that somebody saw."""
    given = {field: request.POST.get(field, "").strip() for field in ("service", "title", "severity", "started_at")}
    try:
        uid = usecases.open_by_hand(
            doors.caller(request),
            given["service"],
            title=given["title"],
            severity=_severity(given["severity"]),
            started_at=instant_of(given["started_at"], "started_at"),
            further=listed(request.POST.get("further", "")),
            private=bool(request.POST.get("private")),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return views.listing(request, status=refusal.status, refusal=refusal, given=given)
    name = name_of(queries.row_of(uid, doors.caller(request)).number)
    messages.success(request, f"{name} is open.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("incidents:incident", name))


@require_POST
@doors.page
def note(request: HttpRequest, name: str) -> HttpResponse:
    """Write to the timeline."""
    text = request.POST.get("text", "")
    return doing(
        request,
        name,
        lambda caller, now: usecases.note(caller, name, text=text, now=now),
        "It is on the timeline.",
        text=text,
    )


@require_POST
@doors.page
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Say better what it is."""

    def change_it(caller: Caller, now: datetime) -> None:
        usecases.change(
            caller,
            name,
            title=request.POST.get("title") or None,
            severity=_severity(request.POST["severity"]) if request.POST.get("severity") else None,
            started_at=instant_of(request.POST.get("started_at", ""), "started_at"),
            services=listed(request.POST["services"]) if "services" in request.POST else None,
            version=version_of(request),
            now=now,
        )

    return doing(request, name, change_it, "It is changed.")


@require_POST
@doors.page
def assign(request: HttpRequest, name: str) -> HttpResponse:
    """Give a role to a person."""
    role = request.POST.get("role", "")
    person = request.user.get_username() if request.POST.get("me") else request.POST.get("person", "")
    return doing(
        request,
        name,
        lambda caller, now: usecases.assign(
            caller, name, role=role, person=person, version=version_of(request), now=now
        ),
        "The role is given." if person.strip() else "The role is free again.",
    )


@require_POST
@doors.page
def mitigate(request: HttpRequest, name: str) -> HttpResponse:
    """Customers are no longer harmed."""
    return doing(
        request, name, lambda caller, now: usecases.mitigate(caller, name, now=now), "Marked mitigated. It stays open."
    )


@require_POST
@doors.page
def resolve(request: HttpRequest, name: str) -> HttpResponse:
    """End it."""
    summary, cause = request.POST.get("summary", ""), request.POST.get("cause_deployment")
    return doing(
        request,
        name,
        lambda caller, now: usecases.resolve(caller, name, summary=summary, cause_deployment=cause, now=now),
        "It is resolved. A review is being drafted.",
        summary=summary,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def roll_back(request: HttpRequest, name: str) -> HttpResponse:
    """Show what the rollback would do; its button does it."""
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        return doing(
            request,
            name,
            lambda caller, now: usecases.roll_back(caller, name, reason=reason, now=now),
            "The rollback runs. It takes about 20 s.",
        )
    page = queries.incident(name, now=timezone.now(), caller=doors.caller(request))
    context = {
        "view": page.view,
        "confirm": showing.rollback(page),
        "back": resolve_url("incidents:incident", page.view.name),
    }
    return render(request, "incidents/roll_back.html", context)


def doing(
    request: HttpRequest, name: str, act: Callable[[Caller, datetime], object], said: str, **given: str
) -> HttpResponse:
    """Do it and come back to the incident, or show its page with what was refused."""
    try:
        act(doors.caller(request), timezone.now())
    except Refusal as refusal:
        if refusal.status == 404 and not refusal.place.field:  # noqa: PLR2004 - there is no page to come back to
            raise
        return views.one(request, name, refusal=refusal, **given)
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("incidents:incident", name))


def version_of(request: HttpRequest) -> int | None:
    """The version that a form was made from."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None  # noqa: PLR2004 - no incident changes so often


def listed(said: str) -> tuple[str, ...]:
    """Names with commas or spaces between them."""
    return tuple(dict.fromkeys(said.replace(",", " ").split()))


def _severity(said: str) -> int:
    return int(said) if said.isdigit() and len(said) == 1 else 0


def instant_of(said: str, field: str) -> datetime | None:
    """What a form's field of date and time says, in the time zone of the page."""
    if not said.strip():
        return None
    try:
        found = parse_datetime(said.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid(
            f"{said[:40]!r} is not an instant.", remedy="Write it as 2026-06-11T13:41.", place=Place(field=field)
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)
