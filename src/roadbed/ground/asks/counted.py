"""Questions for what rooms have counted: on-call, pages, the golden paths, reviews that closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class TeamsOnCall(Ask["frozenset[str]"]):
    """Names of the teams of whom somebody is on call at an instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PeoplePaged(Ask["tuple[Paged, ...]"]):
    """Who was paged for which service between two instants."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Paged:
    """A person was paged so often for alerts of a service."""

    service_uid: str
    person_uid: str
    alerts: int


@dataclass(frozen=True, slots=True)
class GoldenPaths(Ask["MadeOnPaths"]):
    """Which services were made on a golden path, and how long their way into production was."""


@dataclass(frozen=True, slots=True)
class MadeOnPaths:
    """Services by uid that a golden path made, and seconds from there to the first deployment to production.

    Attributes:
        waiting: how many of them were never deployed to production.
    """

    services: frozenset[str]
    seconds: tuple[float, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class ReviewsClosed(Ask["ReviewsToday"]):
    """How many incidents that ended between two instants were reviewed, with all actions closed in 30 days.

    An incident is old enough to judge once its 30 days are over; `until` is the end of those.
    """

    since: datetime
    until: datetime
    team: str = ""


@dataclass(frozen=True, slots=True)
class ReviewsToday:
    """Incidents that ended, and those of them that were reviewed with every action closed within 30 days."""

    incidents: int
    closed: int


@dataclass(frozen=True, slots=True)
class DaysKept(Ask["dict[str, tuple[DayKept, ...]]"]):
    """How each day of some services went by their objectives, oldest first, the last day being today so far (UTC)."""

    service_uids: tuple[str, ...]
    days: int
    now: datetime


@dataclass(frozen=True, slots=True)
class DayKept:
    """One day of a service, by the objective that it was furthest from keeping.

    Attributes:
        bad, total: events of the day.
        measured_minutes: how long anybody measured; where that is 0, nothing is known of the day.
        kept: whether the day alone kept what the objective promises; None where nothing was measured.
    """

    start: datetime
    bad: int
    total: int
    measured_minutes: int
    kept: bool | None
