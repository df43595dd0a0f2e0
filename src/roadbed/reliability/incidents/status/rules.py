"""What the public is told of a component: its state in words, and its days, with what nobody measured left unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from roadbed.ground.asks.counted import DayKept
from roadbed.ground.errors import Invalid, Place

NORMAL, MAINTENANCE, RECOVERING, DEGRADED, PARTIAL, MAJOR = (
    "no known problem", "maintenance", "recovering", "degraded", "partial outage", "major outage",
)  # fmt: skip
ORDER: Final = (NORMAL, MAINTENANCE, RECOVERING, DEGRADED, PARTIAL, MAJOR)
"""States of a component, the mildest first. The first says what is known, not that everything works."""

BY_SEVERITY: Final = {1: MAJOR, 2: PARTIAL, 3: DEGRADED, 4: DEGRADED}
DAYS: Final = 90
UP, HARMED, UNKNOWN = "up", "harmed", "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: up where it kept its promise, harmed where not, unknown where nothing was measured."""

    date: date
    state: str
    bad: int
    total: int
    measured_minutes: int


def state_of(severity: int, *, mitigated: bool) -> str:
    """What an incident makes of the components that it affects."""
    return RECOVERING if mitigated else BY_SEVERITY[severity]


def worst(states: Iterable[str]) -> str:
    """The worst of several states; no known problem where there is none."""
    return max(states, key=ORDER.index, default=NORMAL)


def day_of(told: DayKept) -> Day:
    """A day from what was counted."""
    state = UNKNOWN if told.kept is None else UP if told.kept else HARMED
    return Day(told.start.date(), state, told.bad, told.total, told.measured_minutes)


def uptime(days: Iterable[Day]) -> float | None:
    """The share of what was asked of it that went well; None where nothing was counted."""
    known = tuple(days)
    total = sum(day.total for day in known)
    return None if not total else 1 - sum(day.bad for day in known) / total


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
