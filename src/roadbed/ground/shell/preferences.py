"""How a person likes the shell, kept in their browser: the theme, the width of the sidebar, their time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from django.http import HttpRequest

THEME, SIDEBAR, ZONE = "rb-theme", "rb-sidebar", "rb-zone"
LONGEST_ZONE = 60
ALLOWED = {"theme": (THEME, ("light", "dark")), "sidebar": (SIDEBAR, ("narrow", "wide"))}
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices of one browser; no theme means the system's."""

    theme: str
    narrow_sidebar: bool


def chosen(request: HttpRequest) -> Preferences:
    """The choices that came with this request; anything else than a known word is no choice."""
    theme = request.COOKIES.get(THEME, "")
    return Preferences(theme if theme in ALLOWED["theme"][1] else "", request.COOKIES.get(SIDEBAR) == "narrow")


def zone_named(said: str) -> ZoneInfo | None:
    """The time zone of that name; None where there is none."""
    if not said or len(said) > LONGEST_ZONE:
        return None
    try:
        return ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@require_POST
def choose(request: HttpRequest) -> HttpResponseRedirect:
    """Keep a choice and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    for field, (cookie, words) in ALLOWED.items():
        if (word := request.POST.get(field)) in words:
            # Read by portal.js too, so that the switch needs no round trip.
            response.set_cookie(cookie, word, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response
