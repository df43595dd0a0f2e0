"""When a team gets so many pages that further alerts are one page, and when that one is taken apart again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.alerts.values import CRITICAL

SEVERE_TIMES: Final = 4
"""Critical alerts have pages of their own for so many times as long: they are worth more reading, not endless much."""
_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """How many pages of a team within how long are enough; with 0 pages there never is a storm."""

    pages: int
    within: timedelta

    def __str__(self) -> str:
        minutes = max(1, round(self.within.total_seconds() / 60))
        return f"{self.pages} pages within {minutes} min"


@dataclass(frozen=True, slots=True)
class Joining:
    """Whether an alert is one of a storm, and why or why not, empty where nothing is out of the ordinary."""

    joins: bool
    said: str = ""


def joining(*, team: str, severity: int, recent: int, storms: bool, among: bool, limit: Limit) -> Joining:
    """What becomes of an alert that would open a page.

    Args:
        team: whom it would page.
        severity: its own, 1 to 4.
        recent: pages that the team got within the limit's time, its storm's not counted.
        storms: whether its storm is open.
        among: whether its service has alerts in that storm.
        limit: what is too many.
    """
    if not limit.pages or not team:
        return Joining(joins=False)
    if among:
        return Joining(joins=True, said=f"Its service is part of the storm of {team}, which has one page.")
    severe = severity <= CRITICAL
    if severe and recent >= limit.pages * SEVERE_TIMES:
        said = f"{team} had {recent} pages of late, too many to read even critical ones apart: one page is for all."
        return Joining(joins=True, said=said)
    if severe:
        said = f"{team} has a storm, but this is critical and about another service: it has a page of its own."
        return Joining(joins=False, said=said if storms else "")
    if recent >= limit.pages or storms:
        had = f"{team} has a storm" if storms else f"{team} had {recent} pages of late"
        return Joining(joins=True, said=f"{had}, and {limit} are enough: further alerts are one page.")
    return Joining(joins=False)


def is_calm(*, joined_at: datetime, services: int, now: datetime, limit: Limit) -> bool:
    """Whether a storm is over: no service joined it for a while, and few enough are left to have pages again."""
    return now - joined_at >= limit.within and services <= max(1, limit.pages)


def title_of(team: str, services: Sequence[str]) -> str:
    """What a storm's page is called."""
    count = len(services)
    who = f"{count} services of {team} are" if count != 1 else f"{services[0] or 'Something'} of {team} is"
    return f"{who} alerting"[:200]


def text_of(services: Sequence[str]) -> str:
    """Which services a storm is about, in a sentence."""
    named = ", ".join(one or "something that names no service" for one in services[:_NAMED])
    more = f" and {len(services) - _NAMED} more" if len(services) > _NAMED else ""
    return f"Alerts of {named}{more}."
