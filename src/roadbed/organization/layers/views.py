"""The page of layers; for a handful of people, of one team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.shell import doors
from roadbed.organization.layers import queries
from roadbed.organization.layers.measuring import DAYS
from roadbed.organization.layers.rules.layers import SMALL

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ICONS: Final = {"warn": "alert-triangle", "bad": "alert-octagon", "unknown": "help-hexagon"}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The three layers, or the one team."""
    now = timezone.localtime()
    picture = queries.picture(now=now)
    context = {
        "picture": picture,
        "layers": [
            {"layer": layer, "gaps": [{"gap": gap, "icon": ICONS[gap.state]} for gap in layer.gaps]}
            for layer in picture.layers
        ],
        "gaps": [{"gap": gap, "icon": ICONS[gap.state]} for layer in picture.layers for gap in layer.gaps],
        "days": DAYS,
        "small": SMALL,
        "now": now,
    }
    return render(request, "layers/one_team.html" if picture.small else "layers/layers.html", context)
