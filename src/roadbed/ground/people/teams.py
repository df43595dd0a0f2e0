"""The pages of teams: who there is, what a team's charter says, who is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.errors import NotFound, Refusal
from roadbed.ground.people import queries, usecases
from roadbed.ground.people.rules import LAYERS, may
from roadbed.ground.shell import blocks, doors

if TYPE_CHECKING:
    from django.http import HttpRequest

LAYER_WORDS = {
    "product": "Product: it owns services",
    "delivery": "Delivery: a goal of every team",
    "reliability": "Reliability: SREs",
    "platform": "Platform: makes owning cheap",
}


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All teams; an administrator makes one here."""
    if request.method != "POST":
        return _all(request)
    caller, now = doors.caller(request), timezone.now()
    given = {field: request.POST.get(field, "").strip() for field in ("name", "title", "layer", "customers")}
    try:
        usecases.create_team(caller, **given, now=now)
        if request.POST.get("join"):
            usecases.join_team(caller, team=given["name"], email=request.user.get_username(), lead=True, now=now)
    except Refusal as refusal:
        return _all(request, status=refusal.status, refusal=refusal, given=given)
    messages.success(request, f"The team {given['name']} is made.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:team", given["name"]))


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One team."""
    return _one(request, name)


@require_POST
@doors.page
def write_charter(request: HttpRequest, name: str) -> HttpResponse:
    """Say what the team is for."""
    given = {field: request.POST.get(field, "").strip() for field in ("layer", "customers", "measured_on")}
    usecases.write_charter(doors.caller(request), name, **given, now=timezone.now())
    messages.success(request, "The charter is written.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:team", name))


@require_POST
@doors.page
def join(request: HttpRequest, name: str) -> HttpResponse:
    """Put a person in the team; one who is not known yet is invited first, where the caller may."""
    caller, now = doors.caller(request), timezone.now()
    email = request.POST.get("email", "").strip()
    try:
        usecases.join_team(caller, team=name, email=email, lead=bool(request.POST.get("lead")), now=now)
    except NotFound as refusal:
        return _one(request, name, status=refusal.status, refusal=refusal, email=email)
    messages.success(request, f"{email} is in {name}.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:team", name))


@require_POST
@doors.page
def leave(request: HttpRequest, name: str) -> HttpResponse:
    """Take a person out of the team."""
    email = request.POST.get("email", "")
    usecases.leave_team(doors.caller(request), team=name, email=email, now=timezone.now())
    messages.success(request, f"{email} is not in {name} any more.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:team", name))


def _layers() -> list[tuple[str, str]]:
    return [(layer, LAYER_WORDS[layer]) for layer in LAYERS]


def _may_write(request: HttpRequest) -> bool:
    return may(doors.caller(request), "team.write").allowed


def _all(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"teams": queries.teams(), "may_write": _may_write(request), "layers": _layers(), **more}
    return render(request, "people/teams.html", context, status=status)


def _one(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    team = queries.team(name)
    if team is None:
        raise NotFound(f"There is no team {name}.", remedy="See all teams under /teams.")
    drawn = blocks.drawn(blocks.TEAM, request, team.name)
    context = {"team": team, "may_write": _may_write(request), "layers": _layers(), "blocks": drawn, **more}
    return render(request, "people/team.html", context, status=status)
