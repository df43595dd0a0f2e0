"""Lengths of time, instants and alerts as commands read and print them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from roadbed.ground.errors import Invalid, Place

_LENGTH = re.compile(r"(\d{1,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def length(said: str) -> timedelta:
    """A length like 30m, 2h or 1d."""
    match = _LENGTH.fullmatch(said.strip())
    if match is None:
        raise Invalid(f"{said[:20]!r} is no length of time.", remedy="Like 30m, 2h or 1d.", place=Place(field="for"))
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def instant(text: str | None) -> str:
    """An instant of the API as people read it."""
    return f"{text[:19].replace('T', ' ')} UTC" if text else "never"


def span(seconds: int) -> str:
    """A length in its largest whole unit: 86400 is 1 d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def counted(number: int, noun: str) -> str:
    """A count with its noun: 1 page, 2 pages."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share(value: float | None, unknown: str = "No data") -> str:
    """A share in percent; more than nothing is never told as nothing."""
    if value is None:
        return unknown
    return "under 0.1%" if 0 < value < 0.001 else f"{value:.1%}"  # noqa: PLR2004 - what one digit can show


def does(one: dict[str, Any]) -> str:
    """What an alert does now."""
    if one["state"] == "resolved":
        return "over"
    return {"held": "held back", "listed": "listed, pages nobody"}.get(one["stance"], str(one["state"]))
