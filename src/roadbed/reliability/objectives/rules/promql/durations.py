"""Prometheus durations: `5m`, `1h30m`, `27d12h`, read into seconds and written the way Prometheus writes them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_UNITS: Final = {"y": 365 * 86400, "w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION: Final = re.compile(
    r"(?:(?P<y>\d+)y)?(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?(?:(?P<ms>\d+)ms)?"
)
_LONGEST: Final = 40


def seconds_of(text: str) -> Fraction | None:
    """The seconds of a duration; None where it is none, or of no length."""
    found = _DURATION.fullmatch(text) if 0 < len(text) <= _LONGEST else None
    if found is None:
        return None
    total = sum((Fraction(int(found[unit] or 0) * size) for unit, size in _UNITS.items()), Fraction(0))
    total += Fraction(int(found["ms"] or 0), 1000)
    return total or None


def minutes_in(text: str) -> int | None:
    """The whole minutes of a duration; None where it is none or not whole."""
    seconds = seconds_of(text)
    return int(seconds / 60) if seconds is not None and seconds % 60 == 0 else None


def written(minutes: int) -> str:
    """Minutes as Prometheus writes them: years and weeks only where they are whole, so 28 days are 4w, 30 are 30d."""
    left, parts = minutes * 60, []
    for unit, size in _UNITS.items():
        exact_only = unit in "yw"
        if (exact_only and left % size) or left < size:
            continue
        parts.append(f"{left // size}{unit}")
        left %= size
    return "".join(parts) or "0s"


def just_under(minutes: int) -> str:
    """A range one second shorter than so many minutes.

    A range that includes both its ends would hold one minute too many of what is recorded each minute; this one
    holds exactly that many, in every version of Prometheus.
    """
    left, parts = minutes * 60 - 1, []
    for unit in "dhms":
        if number := left // _UNITS[unit]:
            parts.append(f"{number}{unit}")
        left %= _UNITS[unit]
    return "".join(parts)
