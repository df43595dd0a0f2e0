"""The buttons of a review's page: each posts a form, does one thing and comes back to its part of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_POST

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.reliability.reviews import closing, factoring, queries, rewording, rules, usecases, views

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller


@require_POST
@doors.page
def write(request: HttpRequest, name: str) -> HttpResponse:
    """Save the sections, unless somebody else saved since the form was drawn."""
    sections = {key: request.POST[key] for key in rules.SECTIONS if key in request.POST}
    version = request.POST.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() else None

    def doing(caller: Caller, now: datetime) -> None:
        usecases.write_sections(caller, name, sections=sections, expected=expected, now=now)

    return _doing(request, name, "sections", doing, "The draft is saved.", part="words")


@require_POST
@doors.page
def tell(request: HttpRequest, name: str) -> HttpResponse:
    """Add an entry to the timeline."""

    def doing(caller: Caller, now: datetime) -> None:
        text, known, evidence = (request.POST.get(field, "") for field in ("text", "known", "evidence"))
        usecases.tell(caller, name, at=_at(request), text=text, known=known, evidence=evidence, now=now)

    return _doing(request, name, "timeline", doing, "The entry is added.", part="timeline")


@require_POST
@doors.page
def move(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Put an entry on the other side."""

    def doing(caller: Caller, now: datetime) -> None:
        known, evidence = request.POST.get("known", ""), request.POST.get("evidence", "")
        usecases.move_entry(caller, name, key, known=known, evidence=evidence, now=now)

    return _doing(request, name, "timeline", doing, "The entry is on the other side.", part="timeline")


@require_POST
@doors.page
def name_factor(request: HttpRequest, name: str) -> HttpResponse:
    """Name a factor."""

    def doing(caller: Caller, now: datetime) -> None:
        said = {field: request.POST.get(field, "") for field in ("text", "kind", "evidence", "leads_to")}
        factoring.name_factor(caller, name, **said, role=request.POST.get("role") or "contributed", now=now)

    return _doing(request, name, "factors", doing, "The factor is named.", part="factors")


@require_POST
@doors.page
def add_action(request: HttpRequest, name: str) -> HttpResponse:
    """Add an action."""

    def doing(caller: Caller, now: datetime) -> None:
        said = {field: request.POST.get(field, "") for field in ("text", "factor", "lever", "owner", "evidence")}
        usecases.add_action(caller, name, **said, due=_day(request.POST.get("due", "")), now=now)

    return _doing(request, name, "actions", doing, "The action is added.", part="actions")


@require_POST
@doors.page
def close_action(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Close an action with its evidence."""

    def doing(caller: Caller, now: datetime) -> None:
        closing.close_action(caller, name, key, evidence=request.POST.get("evidence", ""), now=now)

    said = f"{key} has its evidence. At severity 1 and 2 it is closed once somebody else has looked at it."
    return _doing(request, name, "actions", doing, said, part="actions")


@require_POST
@doors.page
def look_at(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Look a second time at an action's evidence."""
    agrees = request.POST.get("agrees") == "yes"

    def doing(caller: Caller, now: datetime) -> None:
        closing.look_at(caller, name, key, agrees=agrees, why=request.POST.get("why", ""), now=now)

    said = f"{key} is {'closed' if agrees else 'sent back'}."
    return _doing(request, name, "actions", doing, said, part="actions")


@require_POST
@doors.page
def accept(request: HttpRequest, name: str) -> HttpResponse:
    """Accept the risk until a day."""

    def doing(caller: Caller, now: datetime) -> None:
        until = _day(request.POST.get("expires_on", ""), "expires_on")
        closing.accept_risk(caller, name, reason=request.POST.get("reason", ""), expires_on=until, now=now)

    return _doing(request, name, "risk", doing, "The risk is accepted until that day.", part="risk")


@require_POST
@doors.page
def link(request: HttpRequest, name: str) -> HttpResponse:
    """Say that a factor contributed to another, or take that back."""
    verb = factoring.unlink if request.POST.get("take_back") else factoring.link

    def doing(caller: Caller, now: datetime) -> None:
        verb(caller, name, cause=request.POST.get("cause", ""), effect=request.POST.get("effect", ""), now=now)

    return _doing(request, name, "links", doing, "The graph is drawn anew.", part="factors")


@require_POST
@doors.page
def change_factor(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Word a factor anew, or take it out."""

    def doing(caller: Caller, now: datetime) -> None:
        if request.POST.get("drop"):
            factoring.drop_factor(caller, name, key, now=now)
            return
        text, kind, evidence = (request.POST.get(field, "") for field in ("text", "kind", "evidence"))
        factoring.reword_factor(caller, name, key, text=text, kind=kind, evidence=evidence, now=now)

    return _doing(request, name, "factors", doing, f"{key} is changed.", part="factors")


@require_POST
@doors.page
def use_rewrite(request: HttpRequest, name: str) -> HttpResponse:
    """Replace a sentence by the rewrite that is offered."""

    def doing(caller: Caller, now: datetime) -> None:
        where, sentence = request.POST.get("where", ""), request.POST.get("sentence", "")
        rewording.use_rewrite(caller, name, where=where, sentence=sentence, now=now)

    said = "The sentence is replaced. Fill in the gap in brackets."
    return _doing(request, name, "hints", doing, said, part="hints")


@require_POST
@doors.page
def publish(request: HttpRequest, name: str) -> HttpResponse:
    """Publish it."""
    return _doing(
        request,
        name,
        "publish",
        lambda caller, now: usecases.publish(caller, name, now=now),
        "The review is published.",
        part="main",
    )


def _doing(
    request: HttpRequest, name: str, form: str, doing: Callable[[Caller, datetime], object], said: str, *, part: str
) -> HttpResponse:
    queries.row_of(name)
    try:
        doing(doors.caller(request), timezone.now())
    except Refusal as refusal:
        return views.one(request, name, refusal=refusal, form=form)
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(f"{resolve_url('reviews:review', name)}#{part}")


def _at(request: HttpRequest) -> datetime:
    said = request.POST.get("at", "").strip()
    try:
        found = parse_datetime(said)
    except ValueError:
        found = None
    if found is None:
        raise Invalid(
            f"{said[:40]!r} is not an instant.", remedy="Write it as 2026-06-11T13:41.", place=Place(field="at")
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _day(said: str, field: str = "due") -> date:
    try:
        found = parse_date(said.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid(f"{said[:40]!r} is not a day.", remedy="Write it as 2026-06-26.", place=Place(field=field))
    return found
