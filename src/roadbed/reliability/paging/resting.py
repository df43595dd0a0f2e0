"""How long a page may rest, as forms offer and read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from roadbed.ground.errors import Invalid, Place

CHOICES: Final = ((30, "30 min"), (60, "1 h"), (120, "2 h"), (240, "4 h"), (480, "8 h"), (1440, "1 day"))
"""Minutes, and how they are called."""


def until_of(given: Mapping[str, str], *, now: datetime) -> datetime:
    """When a form's snooze ends: `until` on the viewer's clock, or `minutes` from now. Raises Invalid."""
    said = given.get("until", "").strip()
    if said:
        try:
            at = parse_datetime(said)
        except ValueError:
            at = None
        if at is None:
            raise Invalid(f"{said[:40]!r} is no time.", remedy="Write 2026-06-13T08:00.", place=Place(field="until"))
        return at if timezone.is_aware(at) else timezone.make_aware(at)
    minutes = given.get("minutes", "")
    if not minutes.isdecimal() or len(minutes) > 5:  # noqa: PLR2004 - more digits than a week has
        raise Invalid(f"{minutes[:20]!r} is no number of minutes.", place=Place(field="minutes"))
    return now + timedelta(minutes=int(minutes))
