"""The toil pages: shares of time and what to automate first; one task with its entries; logging and deciding."""

from __future__ import annotations

import csv as writer
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, NotFound, Place, Refusal
from roadbed.ground.people.rules import ADMIN, may
from roadbed.ground.shell import doors
from roadbed.reliability.toil import quarterly, queries, showing, usecases
from roadbed.reliability.toil.rules.classifying import CATEGORIES
from roadbed.reliability.toil.rules.measuring import MONTH, QUARTER

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """Each team's share of time, what to automate first, and where the figures come from."""
    return _show(request)


def _show(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    now, asking = timezone.localtime(), doors.caller(request)
    days = QUARTER if request.GET.get("days") == str(QUARTER) else MONTH
    board = queries.board(days=days, now=now, viewer=asking)
    found = queries.candidates(now=now)
    captured = sum(hours for name, hours in board.sources.items() if name != "logged")
    whole = captured + board.sources["logged"]
    context: dict[str, Any] = {
        "board": board,
        "noted": bool(whole),
        "rows": [
            {"team": one, "bar": showing.bar(one) if whole else None, "badge": showing.badge(one, noted=bool(whole)),
             "tone": showing.tone(one) if whole else "", "change": showing.change(one) if whole else "", "known": whole}
            for one in board.teams
        ],
        "mine": [one for one in board.teams if one.persons],
        "candidates": [{"view": one, "whisker": showing.whisker(one)} for one in found if one.cost is not None],
        "early": [one for one in found if one.cost is None],
        "saved": [{"view": one, "measured": showing.measured(one)} for one in queries.saved(now=now)],
        "quarters": quarterly.quarters(now=now) if days == QUARTER else (),
        "sources": [(showing.SOURCES[name], hours) for name, hours in board.sources.items()],
        "captured": captured,
        "captured_share": captured / whole if whole else None,
        "teams": sorted(asking.teams),
        "categories": CATEGORIES.items(),
        "known": sorted({one.what for one in found if one.team in asking.teams}),
        "may_log": may(asking, "toil.log").allowed,
        "quarter": days == QUARTER,
        "refusal": refusal,
        "given": request.POST if refusal else {},
        "now": now,
    }  # fmt: skip
    return render(request, "toil/toil.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def log(request: HttpRequest) -> HttpResponse:
    """Log a piece of one's own work."""
    minutes, what, category, team = (request.POST.get(name, "") for name in ("minutes", "what", "category", "team"))
    tests = None if request.POST.get("repetitive") else {"repetitive": False}
    try:
        usecases.log(
            doors.caller(request),
            minutes=minutes,
            what=what,
            category=category,
            team=team,
            tests=tests,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _show(request, refusal=refusal)
    messages.success(request, "It is logged.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("toil:toil"))


@require_safe
@doors.page
def task(request: HttpRequest, uid: str) -> HttpResponse:
    """One task: what it costs, what it would win, and its entries."""
    return _task(request, uid)


def _task(request: HttpRequest, uid: str, *, refusal: Refusal | None = None) -> HttpResponse:
    now, asking = timezone.localtime(), doors.caller(request)
    view = queries.candidate(uid, now=now)
    inside = asking.role == ADMIN or view.team in asking.teams
    found = queries.entries(now=now, days=QUARTER, task=uid, viewer=asking, limit=500) if inside else ()
    context = {
        "view": view,
        "category": CATEGORIES.get(view.category, view.category),
        "whisker": showing.whisker(view),
        "entries": found,
        "inside": inside,
        "words": showing.SOURCES,
        "may_plan": may(asking, "toil.plan", team=view.team).allowed,
        "refusal": refusal,
        "given": request.POST if refusal else {},
        "now": now,
    }
    return render(request, "toil/task.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def decide(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Estimate, plan or finish a task."""
    verbs: dict[str, tuple[Callable[[Caller, datetime], object], str]] = {
        "estimate": (
            lambda asking, now: usecases.estimate(
                asking, uid, build_low=_hours(request, "build_low"), build_high=_hours(request, "build_high"),
                upkeep=_hours(request, "upkeep"), now=now,
            ),
            "The estimate is written.",
        ),
        "plan": (
            lambda asking, now: usecases.plan(
                asking, uid, owner=request.POST.get("owner", ""), due=_day(request), link=request.POST.get("link", ""),
                now=now,
            ),
            "It is planned.",
        ),
        "finish": (
            lambda asking, now: usecases.finish(asking, uid, built_hours=_hours(request, "built_hours"), now=now),
            "It is automated; its saving is measured from now on.",
        ),
    }  # fmt: skip
    if verb not in verbs:
        raise NotFound(f"Nothing is called {verb[:40]} here.")
    doing, said = verbs[verb]
    try:
        doing(doors.caller(request), timezone.now())
    except Refusal as refusal:
        return _task(request, uid, refusal=refusal)
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("toil:task", uid))


@require_POST
@doors.page
def leave_out(request: HttpRequest, uid: str) -> HttpResponse:
    """Leave an entry out of every figure."""
    back = request.POST.get("task", "")
    try:
        usecases.leave_out(doors.caller(request), uid, reason=request.POST.get("reason", ""), now=timezone.now())
    except Refusal as refusal:
        return _task(request, back, refusal=refusal)
    messages.success(request, "It is left out.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("toil:task", back))


@require_safe
@doors.page
def csv(request: HttpRequest) -> HttpResponse:
    """The teams' shares as CSV."""
    days = QUARTER if request.GET.get("days") == str(QUARTER) else MONTH
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="toil-{days}d.csv"'
    rows = writer.writer(response)
    rows.writerow(("team", "people", "share", "hours", "captured_hours", "logged_hours", "available_hours"))
    for one in queries.board(days=days, now=timezone.now()).teams:
        share = "" if one.share.share is None else f"{one.share.share:.4f}"
        hours = (one.share.hours, one.captured_hours, one.logged_hours, one.share.available)
        rows.writerow((one.team, one.people, share, *(f"{each:.2f}" for each in hours)))
    return response


def _day(request: HttpRequest) -> date | None:
    said = request.POST.get("due", "").strip()
    try:
        found = parse_date(said)
    except ValueError:
        found = None
    if said and found is None:
        raise Invalid(f"{said[:20]!r} is not a day.", remedy="Write it as 2026-06-26.", place=Place(field="due"))
    return found


def _hours(request: HttpRequest, field: str) -> float:
    said = request.POST.get(field, "").strip()
    if not said.replace(".", "", 1).isdecimal() or not said.isascii() or len(said) > 8:  # noqa: PLR2004 - too long
        raise Invalid(f"{said[:20]!r} is no number of hours.", remedy="Write it like 40.", place=Place(field=field))
    return float(said)
