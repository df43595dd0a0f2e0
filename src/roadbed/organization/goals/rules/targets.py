"""What a target may be: read from words like 10%, 4 h or 5 a week, checked by its unit, said in words again."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import Final

from roadbed.ground.asks.measures import DOWN, LINES, SECONDS, SHARE, UP, WEEKLY
from roadbed.ground.errors import Invalid, Place

SPANS: Final = (28, 91)
"""Days of the span that a goal is measured over."""
LONGEST: Final = timedelta(days=731)
LONGEST_REASON: Final = 500
MOST_SECONDS: Final = 366 * 86400.0
MOST_A_WEEK: Final = 10_000.0
MOST_LINES: Final = 100_000.0
AT_LEAST, AT_MOST = "at least", "at most"
DIRECTIONS: Final = {UP: AT_LEAST, DOWN: AT_MOST}
_EXAMPLES: Final = {SECONDS: "30m, 4h or 2d", SHARE: "10%", WEEKLY: "5 or 2.5", LINES: "200"}
_SPAN: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0}
_NUMBER: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([a-z%/ ]*)")


def target_of(text: str, unit: str) -> float:
    """The target in the metric's unit.

    Raises:
        Invalid: naming the field and how one is written.
    """
    found = _NUMBER.fullmatch(text.strip().lower())
    number, word = (float(found[1]), found[2].strip()) if found else (math.nan, "")
    value = math.nan
    if unit == SHARE and word == "%":
        value = number / 100
    elif unit == SECONDS and word in _SPAN:
        value = number * _SPAN[word]
    elif (unit == WEEKLY and word in ("", "a week", "/week", "per week")) or (
        unit == LINES and word in ("", "line", "lines")
    ):
        value = number
    most = {SECONDS: MOST_SECONDS, SHARE: 1.0, WEEKLY: MOST_A_WEEK, LINES: MOST_LINES}[unit]
    least_given = value >= 0 if unit == SHARE else value > 0
    if not (least_given and value <= most):
        raise Invalid(
            f"{text[:40]!r} is no target of a figure in {'%' if unit == SHARE else unit}.",
            remedy=f"Write it like {_EXAMPLES[unit]}.", place=Place(field="target"),
        )  # fmt: skip
    return value


def checked_direction(said: str, better: str) -> str:
    """The direction; empty is the metric's own, and the other one would ask for worse.

    Raises:
        Invalid: for anything else.
    """
    meant = DIRECTIONS[better]
    if said and said.strip().lower().replace("-", " ") != meant:
        raise Invalid(
            f"{said[:20]!r} would ask this metric to get worse.", remedy=f"Leave it out: it is {meant}.",
            place=Place(field="direction"),
        )  # fmt: skip
    return better


def checked_due(due: date, *, today: date) -> date:
    """A day after today, two years ahead at most."""
    if not today < due <= today + LONGEST:
        raise Invalid(
            f"{due} is not within the next two years.", remedy="A goal is due on a day after today.",
            place=Place(field="due"),
        )  # fmt: skip
    return due


def checked_text(text: str, field: str, *, what: str) -> str:
    """One paragraph that is not empty."""
    said = " ".join(text.split())
    if not said or len(said) > LONGEST_REASON:
        raise Invalid(
            f"{what} has {len(said)} characters.", remedy=f"Write 1 to {LONGEST_REASON}.", place=Place(field=field)
        )
    return said


def checked_days(days: int) -> int:
    """The span that it is measured over."""
    if days not in SPANS:
        raise Invalid(f"{days} days are no span of a goal.", remedy="28 or 91.", place=Place(field="days"))
    return days
