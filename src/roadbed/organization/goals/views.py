"""The pages of goals: all of them with the form that sets one, and one with what was measured and how it was worded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import ORGANIZATION, SYSTEM, TEAM
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import ADMIN, may
from roadbed.ground.shell import doors
from roadbed.organization.goals import queries, showing, usecases
from roadbed.organization.goals.rules.standing import STANDINGS
from roadbed.organization.goals.rules.targets import DIRECTIONS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller

QUARTER = timedelta(days=91)
FIELDS = ("whose", "metric", "target", "due", "owner", "reason", "days")


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All goals; whoever may sets one here."""
    if request.method != "POST":
        return _all(request)
    given = {field: request.POST.get(field, "").strip() for field in FIELDS}
    scope, _, name = given.pop("whose").partition(":")
    try:
        uid = usecases.set_goal(
            doors.caller(request), scope=scope, name=name, metric=given["metric"], target=given["target"],
            days=91 if given["days"] == "91" else 28, due=_day(given["due"]), owner=given["owner"],
            reason=given["reason"], now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _all(request, refusal=refusal)
    messages.success(request, "The goal is set, and where it begins is measured.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("goals:goal", uid))


def _all(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    now, caller = timezone.localtime(), doors.caller(request)
    state = "closed" if request.GET.get("state") == "closed" else "open"
    whose = request.GET.get("whose", "")
    scope, _, name = whose.partition(":")
    scope = scope if scope in measures.SCOPES else ""
    page = queries.goals(
        scope=scope, name=name, state=state, cursor=request.GET.get("cursor") or None, limit=100
    )  # fmt: skip
    ordered = sorted(page.items, key=lambda one: (_urgency(one.standing), one.due, one.whose))
    context: dict[str, Any] = {
        "rows": [showing.row_of(one) for one in ordered],
        "next_cursor": page.next_cursor,
        "state": state,
        "whose": whose if scope else "",
        "mine": sorted(caller.teams),
        "choices": _choices(caller),
        "metrics": [(one, DIRECTIONS[one.better]) for one in measures.metrics()],
        "may_set": may(caller, "goal.write").allowed,
        "refusal": refusal,
        "given": request.POST if refusal else {"whose": whose, "due": (now + QUARTER).date().isoformat()},
        "now": now,
    }
    return render(request, "goals/goals.html", context, status=refusal.status if refusal else 200)


def _urgency(standing: str) -> int:
    return STANDINGS.index(standing) if standing in STANDINGS else len(STANDINGS)


def _choices(caller: Caller) -> list[tuple[str, str]]:
    """Whose goals the caller may set."""
    everything = caller.role == ADMIN
    teams = [one.name for one in people.teams()] if everything else sorted(caller.teams)
    owned = catalog.owners_and_systems().values()
    systems = sorted({system for _, owner, system in owned if system and (everything or owner in caller.teams)})
    found = [(f"{TEAM}:{name}", f"Team {name}") for name in teams]
    found += [(f"{SYSTEM}:{name}", f"System {name}") for name in systems]
    return [*found, (f"{ORGANIZATION}:", "Everybody")] if everything else found


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One goal."""
    return _one(request, uid)


def _one(request: HttpRequest, uid: str, *, refusal: Refusal | None = None) -> HttpResponse:
    now, caller = timezone.localtime(), doors.caller(request)
    page = queries.goal_page(uid, now=now)
    goal = page.goal
    context = {
        "page": page,
        "goal": goal,
        "badge": showing.BADGES[goal.standing],
        "values": [one.value for one in page.readings],
        "line": showing.line_of(page),
        "readings": list(reversed(page.readings))[:30],
        "badges": [(one, showing.BADGES[one.standing]) for one in list(reversed(page.readings))[:30]],
        "may_write": goal.state == "open" and _may_write(caller, goal),
        "refusal": refusal,
        "given": request.POST if refusal else {},
        "now": now,
    }
    return render(request, "goals/goal.html", context, status=refusal.status if refusal else 200)


def _may_write(caller: Caller, goal: queries.GoalView) -> bool:
    if goal.scope == TEAM:
        return may(caller, "goal.write", team=goal.name).allowed
    return may(caller, "goal.write").allowed and (goal.scope == SYSTEM or caller.role == ADMIN)


@require_POST
@doors.page
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Word it anew."""
    given = {field: request.POST.get(field, "").strip() for field in ("target", "owner", "reason", "why")}
    due = request.POST.get("due", "").strip()
    try:
        usecases.change_goal(doors.caller(request), uid, due=_day(due) if due else None, **given, now=timezone.now())
    except Refusal as refusal:
        return _one(request, uid, refusal=refusal)
    messages.success(request, "It is worded anew; the wording before is kept.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("goals:goal", uid))


@require_POST
@doors.page
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Close it with a note."""
    note, withdrawn = request.POST.get("note", ""), bool(request.POST.get("withdrawn"))
    try:
        usecases.close_goal(doors.caller(request), uid, note=note, withdrawn=withdrawn, now=timezone.now())
    except Refusal as refusal:
        return _one(request, uid, refusal=refusal)
    messages.success(request, "The goal is closed.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("goals:goal", uid))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{text[:20]!r} is no day.", remedy="Write it like 2027-03-31.", place=Place(field="due")
        ) from None
