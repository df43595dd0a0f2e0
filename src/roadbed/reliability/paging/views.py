"""The on-call pages: who is paged, the rotation of a team, one's own channels, one alert with its delivery log."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.paging import calling, handing, links, queries, resting, shifts, showing, usecases
from roadbed.reliability.paging.alerts import showing as alert_showing
from roadbed.reliability.paging.alerts import views as alert_views
from roadbed.reliability.paging.alerts.why import why_page
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.policies import queries as policies
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS
from roadbed.reliability.paging.rules.shifts import WEEKDAYS
from roadbed.reliability.paging.swaps import queries as requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller
    from roadbed.reliability.paging.answers import TeamOnCall

GAPS_SHOWN = UNREACHABLE_SHOWN = 12
TEAMS_SHOWN = 15
_WORST_FIRST = {"bad": 0, "unknown": 1, "warn": 2, "good": 3}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """Who is paged now, who comes next, and where nobody would answer."""
    return _show(request)


def _show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    now, caller = timezone.localtime(), doors.caller(request)
    teams = queries.on_call(now=now)
    rows = _rows(teams, caller)
    shown = rows if "teams" in request.GET else rows[:TEAMS_SHOWN]
    cursor = request.GET.get("cursor", "")
    recent = queries.alerts(limit=20, cursor=cursor)
    unreachable = _unreachable(teams)
    context = {
        "rows": shown,
        "count": len(teams),
        "more_teams": len(teams) - len(shown),
        "alerts": [{"alert": alert, "badge": showing.badge(alert)} for alert in recent.items],
        "older": recent.next_cursor,
        "cursor": cursor,
        "unreachable": unreachable[:UNREACHABLE_SHOWN],
        "more_unreachable": max(0, len(unreachable) - UNREACHABLE_SHOWN),
        "channels": queries.channels_of(caller.uid),
        "last": queries.last_page_to(caller.uid),
        "tabs": alert_showing.tabs("on-call"),
        "gaps": shifts.gaps_ahead(now=now)[:GAPS_SHOWN],
        "requests": requests.waiting_for(caller.uid, caller.teams, now=now),
        "me": caller.uid,
        "may_page": may(caller, calling.VERB).allowed,
        "severities": calling.SEVERITIES,
        "calendar": links.calendar_link(caller.uid),
        "now": now,
        **more,
    }
    return render(request, "paging/on_call.html", context, status=status)


def _rows(teams: tuple[TeamOnCall, ...], caller: Caller) -> list[dict[str, Any]]:
    """One's own teams first; where there are many, then those that need somebody."""
    rows: list[dict[str, Any]] = [
        {"team": team, "badge": showing.standing(team), "mine": team.team in caller.teams} for team in teams
    ]
    many = len(rows) > TEAMS_SHOWN
    rows.sort(key=lambda row: (not row["mine"], _WORST_FIRST.get(row["badge"].state, 3) if many else 0))
    return rows


def _unreachable(teams: tuple[TeamOnCall, ...]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for team in teams:
        for person in team.rotation.people if team.rotation else team.members:
            if not person.verified:
                found.setdefault(person.name, []).append(team.team)
    return sorted(found.items())


@require_POST
@doors.page
def call(request: HttpRequest) -> HttpResponse:
    """Page a team by hand."""
    severity = request.POST.get("severity", "")
    try:
        uid = calling.call(
            doors.caller(request), request.POST.get("whom", ""), text=request.POST.get("text", ""),
            severity=int(severity) if severity in {"1", "2", "3", "4"} else 0, now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, status=refusal.status, refusal=refusal, form="call", given=request.POST)
    messages.success(request, "Paged. What is done to reach somebody shows here.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:alert", uid))


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def rotation(request: HttpRequest, name: str) -> HttpResponse:
    """A team's rotation: everybody's place in it, the hand-over, how long a step waits."""
    now, refusal = timezone.localtime(), None
    if request.method == "POST":
        try:
            said = _written(request, name)
        except Refusal as fault:
            refusal = fault
        else:
            messages.success(request, said, extra_tags="good")
            return HttpResponseRedirect(resolve_url("paging:rotation", name))
    team = queries.team_on_call(name, now=now)
    places = {person.uid: place for place, person in enumerate(team.rotation.people, 1)} if team.rotation else {}
    given = request.POST if refusal else {}
    context = {
        "team": team,
        "members": [
            {
                "person": person,
                "place": given.get(f"place-{person.email}", places.get(person.uid, "")),
                "badge": showing.reach(person),
            }
            for person in team.members
        ],
        "numbers": range(1, len(team.members) + 1),
        "stops": policies.preview(name, at=now)[: policies.ROUND_SHOWN],
        "weekdays": WEEKDAYS,
        "usual": STEP_SECONDS,
        "may_write": may(doors.caller(request), "rotation.write", team=team.team).allowed,
        "refusal": refusal,
        "given": given,
        "now": now,
    }
    return render(request, "paging/rotation.html", context, status=refusal.status if refusal else 200)


def _written(request: HttpRequest, name: str) -> str:
    caller, now = doors.caller(request), timezone.now()
    if request.POST.get("end"):
        usecases.end_rotation(caller, name, now=now)
        return f"The rotation of {name} ended; everybody in it is paged."
    placed = sorted(
        (int(place), field.removeprefix("place-"))
        for field, place in ((field, str(given)) for field, given in request.POST.items())
        if field.startswith("place-") and place.isdecimal() and len(place) < 4  # noqa: PLR2004 - nobody is the 1000th
    )
    usecases.set_rotation(
        caller,
        name,
        emails=tuple(email for _, email in placed),
        weekday=request.POST.get("weekday", ""),
        at=_time(request.POST.get("at", "")),
        zone=request.POST.get("zone", "").strip(),
        step_seconds=_seconds(request.POST.get("step_seconds", "")),
        now=now,
    )
    return f"The rotation of {name} is written."


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text[:20]!r} is no time.", remedy="Write it like 09:00.", place=Place(field="at")) from None


def _seconds(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - more digits than any step has
        raise Invalid(f"{text[:20]!r} is no number of seconds.", place=Place(field="step_seconds"))
    return int(text)


@require_safe
@doors.page
def show_alert(request: HttpRequest, uid: str) -> HttpResponse:
    """One alert: why it went where it went, and every attempt to reach somebody."""
    caller, found, explained = doors.caller(request), queries.require_alert(uid), why_page(uid)
    context = {
        "alert": found.alert,
        "badge": showing.badge(found.alert),
        "stats": showing.stats(found.alert),
        "log": [{"row": row, "badge": showing.outcome(row)} for row in found.deliveries],
        "open": found.alert.closed_at is None,
        "signals": alert_views.lines(explained.signals),
        "signal_count": explained.signal_count,
        "decisions": alert_views.decided(explained.decisions),
        "people": [{"view": one, "badge": alert_showing.answer_badge(one.outcome)} for one in explained.people],
        "waits": found.alert.state in (Alert.PAGING, Alert.EXHAUSTED),
        "mine": found.alert.holder_uid == caller.uid,
        "rests": resting.CHOICES,
        "now": timezone.localtime(),
    }
    return render(request, "paging/alert.html", context)


@require_POST
@doors.page
def acknowledge(request: HttpRequest, uid: str) -> HttpResponse:
    """Take an alert."""
    return _acted(request, uid, lambda caller: usecases.acknowledge(caller, uid, now=timezone.now()), "You have it.")


@require_POST
@doors.page
def escalate(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand an alert on to the next step."""
    return _acted(
        request, uid, lambda caller: handing.escalate(caller, uid, now=timezone.now()), "The next step is paged."
    )


@require_POST
@doors.page
def snooze(request: HttpRequest, uid: str) -> HttpResponse:
    """Let an alert rest for a while."""
    now = timezone.now()
    return _acted(
        request, uid,
        lambda caller: usecases.snooze(caller, uid, until=resting.until_of(request.POST, now=now), now=now),
        "It is snoozed. If it goes on, it is paged again then.",
    )  # fmt: skip


@require_POST
@doors.page
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Close an alert by hand."""
    reason = request.POST.get("reason", "")
    return _acted(
        request, uid, lambda caller: usecases.close(caller, uid, reason=reason, now=timezone.now()), "It is closed."
    )


def _acted(request: HttpRequest, uid: str, act: Callable[[Caller], object], said: str) -> HttpResponse:
    taken = act(doors.caller(request))
    messages.success(request, "Somebody else has it already." if taken is False else said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:alert", uid))
