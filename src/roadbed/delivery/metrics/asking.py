"""What the room's pages are asked for in their addresses: whose figures, of which window, in which hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roadbed.delivery.metrics.rules.windows import instant_of
from roadbed.ground.errors import Invalid, Place

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

SCOPES: Final = ("service", "team", "system")
PERIODS: Final = ((28, "28 days"), (90, "90 days"), (364, "52 weeks"))
WORKING_DAYS: Final = "Mon-Fri 09:00-17:00"
SHOWN: Final = 50
"""Rows on a page."""


def whose(request: HttpRequest) -> dict[str, str]:
    """The service, team or system; all three empty for everybody."""
    return {name: request.GET.get(name, "") for name in SCOPES}


def whole(request: HttpRequest, field: str, default: int) -> int:
    """A whole number, like one of days.

    Raises:
        Invalid: for anything else.
    """
    text = request.GET.get(field) or str(default)
    if not (text.isascii() and text.isdecimal()) or len(text) > 4:  # noqa: PLR2004 - more there is not
        raise Invalid(f"{text[:20]!r} is not a number of {field}.", place=Place(field=field))
    return int(text)


def hours(request: HttpRequest) -> dict[str, str]:
    """Working hours and holidays, in words."""
    return {name: request.GET.get(name, "") for name in ("working_hours", "holidays")}


def until(request: HttpRequest) -> datetime | None:
    """The window's end; None is now."""
    return instant_of(request.GET.get("until", ""), "until")
