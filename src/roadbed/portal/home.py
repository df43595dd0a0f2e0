"""Home: the first steps while there is nothing yet, then what one owns with its health and what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Event, State
from roadbed.platform.releases import queries as releases
from roadbed.portal import deployments, first_steps
from roadbed.portal.glance import Glance, glances
from roadbed.portal.looking_around import sights
from roadbed.portal.own_health import own_health

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.ground.people.rules import Caller

OWNED_SHOWN: Final = 50
EVENTS_SHOWN, OF_EACH = 8, 4
DEPLOYMENTS_OF: Final = 12


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody, with where it is mended."""

    state: State
    icon: str
    title: str
    detail: str
    url: str
    at: datetime | None = None


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
    owned = _owned(caller)
    shown = glances(owned)
    context |= {
        "title": _title(caller, now),
        "owned": shown,
        "said": _said(caller, shown),
        "waiting": _waiting(shown),
        "events": _events(owned),
        "show_steps": done < len(steps) and getattr(request, "demo", None) is None,
        "sights": sights() if getattr(request, "demo", None) is not None else (),
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


def _said(caller: Caller, owned: tuple[Glance, ...]) -> str:
    if not caller.teams:
        return "You are in no team yet, so nothing here is yours. The catalogue has everything."
    return f"You own {words.plural(len(owned), 'service')} in {words.plural(len(caller.teams), 'team')}."


def _waiting(owned: tuple[Glance, ...]) -> tuple[Waiting, ...]:
    """What needs somebody, the worst first; each is measured, and gone when it is mended."""
    found = [item for one in owned for item in _of_service(one)]
    return tuple(sorted(found, key=lambda item: ("bad", "warn", "unknown").index(item.state)))


def _of_service(one: Glance) -> list[Waiting]:
    name, url = one.service.name, one.url
    found = []
    if one.running is not None and one.running.state == "bad":
        found.append(Waiting("bad", "alert-octagon", f"{name} does not run", one.running.text, url, one.as_of))
    if one.state == "bad" and one.badge is not None:
        left = _left(one.left)
        found.append(Waiting("bad", "target", f"{name}: {one.badge.text.lower()}", left, url, one.as_of))
    elif one.state == "warn":
        found.append(
            Waiting("warn", "target", f"{name} is at risk", f"{words.percent(one.left)} left.", url, one.as_of)
        )
    elif one.state == "unknown" and one.version:
        found.append(
            Waiting("unknown", "help-hexagon", f"{name} is not measured", "No data now.", url, one.measured_at)
        )
    found += [
        Waiting(
            "warn", "file", f"{error.path} of {name} has an error", f"{error.message} {error.remedy}", url, error.since
        )
        for error in one.service.errors[:1]
    ]
    last = releases.newest_deployment(one.service.uid) if one.version or one.running else None
    if last is not None and last.state in ("failed", "refused"):
        page = reverse("portal:deployment", args=[last.uid])
        detail = last.failure.detail if last.failure else "The gate refused it."
        badge = deployments.badge_of(last)
        found.append(
            Waiting(
                "warn", "rocket", f"{deployments.title_of(last)}: {badge.text.lower()}", detail, page, last.finished_at
            )
        )
    return found


def _left(left: float | None) -> str:
    if left is None:
        return "No figure yet."
    if left < 0:
        return f"Overspent by {words.percent(-left)} of the budget. Features are refused; fixes and rollbacks pass."
    return f"{words.percent(left)} of the budget is left."


def _events(owned: tuple[ServiceView, ...]) -> tuple[Event, ...]:
    views = [view for one in owned[:DEPLOYMENTS_OF] for view in releases.deployments_of(one.uid, limit=OF_EACH).items]
    views.sort(key=lambda view: view.requested_at, reverse=True)
    return tuple(
        Event(
            view.finished_at or view.requested_at,
            "arrow-back-up" if view.kind == "rollback" else "rocket",
            deployments.title_of(view),
            deployments.badge_of(view).text,
            reverse("portal:deployment", args=[view.uid]),
            deployments.badge_of(view).state,
        )
        for view in views[:EVENTS_SHOWN]
    )
