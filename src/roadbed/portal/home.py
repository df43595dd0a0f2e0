"""Home: the first steps while there is nothing yet, then what one owns with its health and what waits for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.delivery.metrics import queries as metrics
from roadbed.delivery.metrics.showing import shown
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.shell import doors, words
from roadbed.portal import first_steps, road
from roadbed.portal.glance import Glance, glances
from roadbed.portal.looking_around import sights
from roadbed.portal.own_health import own_health
from roadbed.portal.waiting import unresolved_for, waiting
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.paging import queries as paging

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from roadbed.delivery.metrics.queries import DeliveryView
    from roadbed.delivery.metrics.showing import Shown
    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.ground.people.rules import Caller
    from roadbed.reliability.incidents.values import IncidentView
    from roadbed.reliability.paging.answers import TeamOnCall

OWNED_SHOWN: Final = 50
TEAMS_SHOWN: Final = 4


class Alert(NamedTuple):
    """The one thing that is on fire."""

    title: str
    detail: str
    url: str


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """Home."""
    caller = doors.caller(request)
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - `doors.page` asked before
    others = first_steps.other_services()
    steps = first_steps.steps(person, caller, others)
    now = timezone.localtime()
    done = sum(step.done for step in steps)
    context: dict[str, Any] = {
        "steps": steps,
        "done": done,
        "next_step": next((step for step in steps if not step.done), None),
        "own": own_health(now=now),
        "now": now,
    }
    if not others:
        return render(request, "portal/first_steps.html", context)
    owned = glances(_owned(caller))
    unresolved = unresolved_for(caller)
    duty = _on_call(caller, now=now)
    in_demo = getattr(request, "demo", lambda: None)() is not None
    context |= {
        "title": _title(caller, now),
        "owned": owned,
        "said": _said(caller, owned, duty, now=now),
        "alert": _alert(unresolved, now=now),
        "waiting": waiting(caller, owned, unresolved, now=now),
        "events": road.events({one.service.uid: one.service.name for one in owned}, now=now),
        "duty": duty,
        "delivery": _delivery(caller, now=now),
        "show_steps": done < len(steps) and not in_demo,
        "sights": sights() if in_demo else (),
    }
    return render(request, "portal/home.html", context)


def _owned(caller: Caller) -> tuple[ServiceView, ...]:
    found: list[ServiceView] = []
    for team in sorted(caller.teams):
        found.extend(catalog.services(owner=team, limit=OWNED_SHOWN).items)
    return tuple(found)


def _title(caller: Caller, now: datetime) -> str:
    who = ", ".join(sorted(caller.teams)) if 0 < len(caller.teams) <= 2 else caller.name  # noqa: PLR2004 - fits a line
    return f"{who}, {now:%A %-d %B}"


def _said(caller: Caller, owned: tuple[Glance, ...], duty: tuple[TeamOnCall, ...], *, now: datetime) -> str:
    if not caller.teams:
        return "You are in no team yet, so nothing here is yours. The catalogue has everything."
    said = f"You own {words.plural(len(owned), 'service')} in {words.plural(len(caller.teams), 'team')}."
    for team in duty:
        if team.first is not None and team.first.uid == caller.uid and team.rotation is not None:
            until, following = team.rotation.until, team.second
            then = (
                f" until {until.astimezone(now.tzinfo):%A %H:%M}, then {following.name}" if until and following else ""
            )
            said += f" You are on call for {team.team}{then}."
    return said


def _alert(unresolved: tuple[IncidentView, ...], *, now: datetime) -> Alert | None:
    """The severest incident of what is yours, with who is suspected first."""
    if not unresolved:
        return None
    worst = unresolved[0]
    found = incidents.incident(worst.name, now=now).suspects
    suspected = (
        f" Suspected first: {found[0].kind} {found[0].what} {found[0].title}, {words.moment(found[0].at, now=now)}."
        if found
        else ""
    )
    return Alert(
        f"{worst.name}, severity {worst.severity}: {worst.title}",
        f"Harm since {words.moment(worst.started_at, now=now)}.{suspected}",
        reverse("incidents:incident", args=[worst.name]),
    )


def _on_call(caller: Caller, *, now: datetime) -> tuple[TeamOnCall, ...]:
    return tuple(paging.team_on_call(team, now=now) for team in sorted(caller.teams)[:TEAMS_SHOWN])


def _delivery(caller: Caller, *, now: datetime) -> tuple[DeliveryView, tuple[Shown, ...]] | None:
    """The five metrics of somebody's only team; None for none or several, whose figures say nothing together."""
    if len(caller.teams) != 1:
        return None
    view = metrics.delivery(team=next(iter(caller.teams)), now=now)
    return view, shown(view)
