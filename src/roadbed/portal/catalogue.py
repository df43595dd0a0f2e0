"""The catalogue: everything that is registered, by kind, filtered by a GET form whose rows htmx swaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.catalog import archiving
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.tally import tally
from roadbed.ground.errors import Conflict
from roadbed.ground.people.queries import team, teams
from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Tab
from roadbed.portal import glance
from roadbed.portal.links import is_web

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import RelationView

KINDS: Final = (
    ("Component", "Services"),
    ("System", "Systems"),
    ("API", "APIs"),
    ("Resource", "Resources"),
    ("Domain", "Domains"),
)
LIFECYCLES: Final = ("production", "experimental", "deprecated")
SHOWN, NEAR = 50, 12
FILTERS: Final = ("q", "owner", "lifecycle", "type", "system", "tag")


@require_POST
@doors.page
def archive_team(request: HttpRequest, name: str) -> HttpResponse:
    """Take a team out of use; where it still owns something, that is said on its page."""
    try:
        archiving.archive_team(doors.caller(request), name, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, f"{refusal.detail} {refusal.remedy}", extra_tags="bad")
        return HttpResponseRedirect(resolve_url("people:team", name))
    messages.success(request, f"{name} is archived.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:teams"))


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """What is registered of one kind, services first."""
    kind = request.GET.get("kind", "Component")
    if kind not in dict(KINDS):
        kind = "Component"
    given = {name: request.GET.get(name, "").strip() for name in FILTERS}
    cursor = request.GET.get("cursor", "")
    counts = tally()
    context: dict[str, Any] = {
        **given,
        "kind": kind,
        "plural": dict(KINDS)[kind],
        "tabs": _tabs(kind, counts),
        "teams": [one.name for one in teams()],
        "lifecycles": LIFECYCLES,
        "errors": catalog.ingest_errors(),
        "whole": counts.get(kind, 0),
        "said": _said(counts),
        "is_filtered": any(given.values()),
        "mine": sorted(doors.caller(request).teams),
        "now": timezone.localtime(),
    }
    if kind == "Component":
        services = catalog.services(**given, cursor=cursor, limit=SHOWN)
        context |= {"glances": glance.glances(services.items), "shown": len(services.items)}
        following = services.next_cursor
    else:
        entities = catalog.entities(kind=kind, **given, cursor=cursor, limit=SHOWN)
        context |= {"entities": entities.items, "shown": len(entities.items)}
        following = entities.next_cursor
    if following:
        kept = {name: value for name, value in given.items() if value}
        context["more_url"] = f"?{urlencode({**kept, 'kind': kind, 'cursor': following})}"
    return render(request, "portal/catalogue.html", context)


def _tabs(kind: str, counts: dict[str, int]) -> list[Tab]:
    address = reverse("portal:catalogue")
    shown = [
        Tab(title, f"{address}?kind={one}", current=one == kind, count=counts.get(one, 0))
        for one, title in KINDS
        if counts.get(one) or one in ("Component", kind)
    ]
    return [*shown, Tab("Teams", reverse("people:teams"))]


def _said(counts: dict[str, int]) -> str:
    files = len(catalog.locations())
    return f"{words.plural(counts.get('Component', 0), 'service')}, read from {words.plural(files, 'file')}."


@require_safe
@doors.page
def entity(request: HttpRequest, uid: str) -> HttpResponse:
    """One entity that is not a service: what it says of itself, what it belongs to, where it is described."""
    shown = catalog.require_entity(uid)
    if shown.kind == "Component":
        return HttpResponseRedirect(resolve_url("portal:service", shown.uid))
    relations: dict[str, list[dict[str, str]]] = {}
    for one in shown.relations:
        relations.setdefault(_said_relation(one.type), []).append({"name": one.name, "url": _address(one)})
    links = [link for link in shown.metadata.get("links") or () if is_web(link.get("url", ""))]
    context = {
        "entity": shown,
        "relations": [(said, those[:NEAR], those[NEAR:]) for said, those in relations.items()],
        "links": links,
        "plural": dict(KINDS).get(shown.kind, shown.kind),
    }
    return render(request, "portal/entity.html", context)


def _said_relation(kind: str) -> str:
    """`apiProvidedBy` as “API provided by”."""
    said = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in kind)
    return " ".join("API" + word[3:] if word in ("api", "apis") else word for word in said.split())


def _address(one: RelationView) -> str:
    """Where the other end is shown; a group is a team here, whether or not its entity is registered."""
    if one.uid:
        return reverse("portal:entity", args=[one.uid])
    return reverse("people:team", args=[one.name]) if one.ref.startswith("group:") and team(one.name) else ""


@require_safe
@doors.page
def errors(request: HttpRequest) -> HttpResponse:
    """Everything that is wrong with what is registered, with the line and the remedy."""
    return render(request, "portal/errors.html", {"errors": catalog.ingest_errors()})
