"""Search: verbs first, then places; a page, and the palette's list of the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors, nav
from roadbed.portal.glance import slug_of
from roadbed.reliability.objectives import queries as objectives

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.ground.people.rules import Caller

MOST: Final = 6
LONGEST: Final = 100
VERBS: Final = (
    (
        "service.rollback",
        "Roll back {}",
        "portal:roll-back",
        "arrow-back-up",
        ("roll", "back", "rollback", "revert", "undo"),
    ),
    ("service.deploy", "Deploy {}", "portal:deploy", "rocket", ("deploy", "release", "ship")),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to do or somewhere to go."""

    label: str
    url: str
    icon: str
    kind: str


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The page of results, or the palette's list where the palette asks."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    caller = doors.caller(request)
    found = verbs(caller, text)
    places = (*found, *goals(request, text))
    context = {"q": text, "verbs": found, "places": places[len(found) :], "count": len(places)}
    name = "portal/hits.html" if request.GET.get("palette") else "portal/search.html"
    return render(request, name, context)


def verbs(caller: Caller, text: str) -> tuple[Hit, ...]:
    """What one can do that the words name: `roll checkout`, `deploy`, `new`."""
    words = text.lower().split()
    hits = []
    if not words or any("new service".startswith(word) or word in ("new", "create", "service") for word in words):
        hits.append(Hit("New service on a golden path", reverse("paths:list"), "route", "Golden paths"))
    meant = [verb for verb in VERBS if any(name.startswith(word) for word in words for name in verb[4])]
    if not meant:
        return tuple(hits)
    rest = " ".join(word for word in words if not any(name.startswith(word) for verb in meant for name in verb[4]))
    for service in catalog.services(q=rest, limit=MOST).items:
        hits.extend(_do(caller, service, meant))
    return tuple(hits[: 2 * MOST])


def _do(caller: Caller, service: ServiceView, meant: Iterable[tuple[str, str, str, str, tuple[str, ...]]]) -> list[Hit]:
    if service.annotations.get("roadbed.dev/deployed-by") == "external":
        return []
    return [
        Hit(said.format(service.name), reverse(page, args=[slug_of(service)]), icon, "Service")
        for verb, said, page, icon, _ in meant
        if may(caller, verb, team=service.owner).allowed
    ]


def goals(request: HttpRequest, text: str) -> tuple[Hit, ...]:
    """Where one can go: services, objectives, teams, other entities, pages."""
    wanted = text.lower()
    found = [
        Hit(service.name, reverse("portal:service", args=[slug_of(service)]), "package", "Service")
        for service in catalog.services(q=text, limit=MOST).items
    ]
    if wanted:
        found += [
            Hit(
                f"{view.service_name}: {view.title}",
                reverse("objectives:objective", args=[view.uid]),
                "target",
                "Objective",
            )
            for view in objectives.objectives(text=text, limit=MOST).items
        ]
        found += [
            Hit(entity.name, reverse("portal:entity", args=[entity.uid]), "stack-2", entity.kind)
            for entity in catalog.entities(q=text, limit=2 * MOST).items
            if entity.kind not in ("Component", "Group", "User", "Location")
        ]
        found += [
            Hit(team.name, reverse("people:team", args=[team.name]), "user-share", "Team")
            for team in teams()
            if wanted in team.name.lower() or wanted in team.title.lower()
        ][:MOST]
    pages = [place for group in nav.groups(request) for place in group.places]
    found += [Hit(place.label, place.url, place.icon, "Page") for place in pages if wanted in place.label.lower()]
    return tuple(found)
