"""The page of layers; for a handful of people, of one team. An admin enters here what nobody can measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.organization.layers import queries, showing, usecases
from roadbed.organization.layers.gathering import DAYS
from roadbed.organization.layers.rules.known import Circumstances
from roadbed.organization.layers.rules.layers import SMALL

if TYPE_CHECKING:
    from django.http import HttpRequest

ICONS: Final = {"warn": "alert-triangle", "bad": "alert-octagon", "unknown": "help-hexagon"}
FLAGS: Final = (
    ("contractual_uptime", "Uptime is in contracts with customers"),
    ("consumer_scale", "Millions of people use the product"),
    ("divergent_ci", "Teams build and deploy each in their own way"),
)


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The three layers, or the one team."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.localtime()
    picture = queries.picture(now=now)
    may_write = may(doors.caller(request), "organization.write").allowed
    context = {
        "picture": picture,
        "advice": picture.advice,
        "layers": [
            {
                "layer": layer,
                "gaps": [{"gap": gap, "icon": ICONS[gap.state]} for gap in layer.gaps],
                "badge": showing.score_badge(picture.scores[layer.key]),
            }
            for layer in picture.layers
        ],
        "ladder": showing.ladder(picture),
        "corners": showing.corners(picture),
        "points": showing.points(picture),
        "apart": showing.apart(picture),
        "days": DAYS,
        "small": SMALL,
        "may_write": may_write,
        "flags": [(key, text, getattr(picture.circumstances, key)) for key, text in FLAGS],
        "teams": people.teams() if may_write else (),
        "refusal": refusal,
        "now": now,
    }
    template = "layers/one_team.html" if picture.small else "layers/layers.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def enter(request: HttpRequest) -> HttpResponse:
    """Keep what was entered."""
    try:
        told = Circumstances(
            _engineers(request.POST.get("engineers", "")),
            *({"yes": True, "no": False}.get(request.POST.get(key, "")) for key, _ in FLAGS),
        )
        usecases.enter(doors.caller(request), told, now=timezone.now())
    except Invalid as refusal:
        return _page(request, refusal)
    messages.success(request, "Kept. The advice rests on it.")
    return HttpResponseRedirect(resolve_url("layers:layers"))


def _engineers(given: str) -> int | None:
    text = given.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 7:  # noqa: PLR2004 - a million
        remedy = "Write a whole number, or leave it empty to count the active people."
        raise Invalid(f"{text[:40]!r} is no number of engineers.", remedy=remedy, place=Place(field="engineers"))
    return int(text)


@require_POST
@doors.page
def open_role(request: HttpRequest) -> HttpResponse:
    """Enter a vacancy."""
    title, team = request.POST.get("title", ""), request.POST.get("team", "")
    try:
        usecases.open_role(doors.caller(request), title=title, team=team, now=timezone.now())
    except Invalid as refusal:
        return _page(request, refusal)
    messages.success(request, f"“{' '.join(title.split())}” is open.")
    return HttpResponseRedirect(resolve_url("layers:layers"))


@require_POST
@doors.page
def close_role(request: HttpRequest, uid: str) -> HttpResponse:
    """Somebody was hired, or the search ended."""
    usecases.close_role(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "The role is closed.")
    return HttpResponseRedirect(resolve_url("layers:layers"))
