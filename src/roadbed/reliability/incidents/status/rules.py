"""What the public is told of a component: its state in words, and its days, with what nobody measured left unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from roadbed.ground.errors import Invalid, Place

NORMAL, MAINTENANCE, RECOVERING, DEGRADED, PARTIAL, MAJOR = (
    "no known problem", "maintenance", "recovering", "degraded", "partial outage", "major outage",
)  # fmt: skip
ORDER: Final = (NORMAL, MAINTENANCE, RECOVERING, DEGRADED, PARTIAL, MAJOR)
"""States of a component, the mildest first. The first says what is known, not that everything works."""

BY_SEVERITY: Final = {1: MAJOR, 2: PARTIAL, 3: DEGRADED, 4: DEGRADED}
DAYS: Final = 90
DAY_MINUTES: Final = 1440
UP, HARMED, UNKNOWN = "up", "harmed", "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: up, harmed, or unknown where nothing was measured. Minutes are of the objective that was broken most."""

    date: date
    state: str
    bad_minutes: int
    measured_minutes: int


def state_of(severity: int, *, mitigated: bool) -> str:
    """What an incident makes of the components that it affects."""
    return RECOVERING if mitigated else BY_SEVERITY[severity]


def worst(states: Iterable[str]) -> str:
    """The worst of several states; no known problem where there is none."""
    return max(states, key=ORDER.index, default=NORMAL)


def day_of(start: datetime, *, bad: int, measured: int) -> Day:
    """A day from its counted minutes."""
    state = UNKNOWN if not measured else HARMED if bad else UP
    return Day(start.date(), state, bad, measured)


def uptime(days: Iterable[Day]) -> float | None:
    """The share of measured minutes that were not bad; None where none was measured."""
    known = tuple(days)
    measured = sum(day.measured_minutes for day in known)
    return None if not measured else 1 - sum(day.bad_minutes for day in known) / measured


def checked_email(said: str) -> str:
    """A mail address, as far as one can tell without writing to it."""
    email = said.strip()
    name, at, domain = email.rpartition("@")
    plain = email.isprintable() and not any(sign in email for sign in " <>,;\"'()[]\\\r\n")
    if not (at and name and "." in domain and plain and 5 <= len(email) <= 254) or "@" in name:  # noqa: PLR2004
        raise Invalid(
            f"{email[:60]!r} is not a mail address.", remedy="Write one like name@example.org.",
            place=Place(field="email"),
        )  # fmt: skip
    return email.lower()


def checked_window(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """A maintenance ends after it starts, and has not ended already."""
    if ends_at <= starts_at:
        raise Invalid("It would end before it starts.", remedy="Check both instants.", place=Place(field="ends_at"))
    if ends_at <= now:
        raise Invalid(
            f"It would have ended at {ends_at.isoformat()}.",
            remedy="Maintenance is told beforehand; publish an incident for what is past.",
            place=Place(field="ends_at"),
        )
