"""Search: verbs first, then places; a page, and the palette's list of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from roadbed.delivery.flags import queries as flags
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.queries import teams
from roadbed.ground.shell import doors, nav
from roadbed.portal.glance import slug_of
from roadbed.portal.verbs import MOST, Hit, verbs
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.objectives import queries as objectives
from roadbed.reliability.paging import queries as paging

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

LONGEST: Final = 100
ELSEWHERE: Final = ("Component", "Group", "User", "Location")
"""Kinds of entities that are found as services and teams, or have no page."""


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The page of results, or the palette's list where the palette asks."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    todo = verbs(doors.caller(request), text)
    places = goals(request, text)
    context = {"q": text, "verbs": todo, "places": places, "count": len(todo) + len(places)}
    name = "portal/hits.html" if request.GET.get("palette") else "portal/search.html"
    return render(request, name, context)


def goals(request: HttpRequest, text: str) -> tuple[Hit, ...]:
    """Where one can go: what is on fire, services, what rooms keep of them, teams, other entities, pages.

    Without words: what is open, and services.
    """
    found = [*_open(text), *_services(text)]
    if text:
        found += [*_objectives(text), *_flags(text), *_entities(text), *_teams(text.lower()), *_closed(text)]
    wanted = text.lower()
    pages = [place for group in nav.groups(request) for place in group.places]
    found += [Hit(place.label, place.url, place.icon, "Page") for place in pages if wanted in place.label.lower()]
    return tuple(found)


def _open(text: str) -> Iterable[Hit]:
    for incident in incidents.incidents(status="unresolved", text=text, limit=MOST).items:
        url = reverse("incidents:incident", args=[incident.name])
        yield Hit(f"{incident.name}: {incident.title}", url, "urgent", f"Incident, {incident.status}")
    for alert in paging.alerts(state="open", text=text, limit=MOST).items:
        yield Hit(alert.title, reverse("paging:alert", args=[alert.uid]), "bell-ringing", "Page, open")


def _closed(text: str) -> Iterable[Hit]:
    for incident in incidents.incidents(status="resolved", text=text, limit=MOST).items:
        label = f"{incident.name}: {incident.title}"
        yield Hit(label, reverse("incidents:incident", args=[incident.name]), "urgent", "Incident, resolved")
        yield Hit(f"Review of {label}", reverse("reviews:review", args=[incident.name]), "notebook", "Review")


def _services(text: str) -> Iterable[Hit]:
    for service in catalog.services(q=text, limit=MOST).items:
        yield Hit(service.name, reverse("portal:service", args=[slug_of(service)]), "package", "Service")


def _objectives(text: str) -> Iterable[Hit]:
    for view in objectives.objectives(text=text, limit=MOST).items:
        url = reverse("objectives:objective", args=[view.uid])
        yield Hit(f"{view.service_name}: {view.title}", url, "target", "Objective")


def _flags(text: str) -> Iterable[Hit]:
    for view in flags.flags(q=text, limit=MOST).items:
        yield Hit(f"{view.service}: {view.key}", reverse("flags:flag", args=[view.uid]), "flag", "Flag")


def _entities(text: str) -> Iterable[Hit]:
    for entity in catalog.entities(q=text, limit=2 * MOST).items:
        if entity.kind not in ELSEWHERE:
            yield Hit(entity.name, reverse("portal:entity", args=[entity.uid]), "stack-2", entity.kind)


def _teams(wanted: str) -> list[Hit]:
    return [
        Hit(team.name, reverse("people:team", args=[team.name]), "user-share", "Team")
        for team in teams()
        if wanted in team.name.lower() or wanted in team.title.lower()
    ][:MOST]
