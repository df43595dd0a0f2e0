"""Whether somebody has the time that they ask others to take, and whether others could take it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import Away, Schedule, Slot


def not_theirs(schedule: Schedule, person: str, start: datetime, end: datetime) -> Slot | None:
    """The first part of a span in which somebody else is on call, or nobody; None where all of it is the person's."""
    return next((slot for slot in render(schedule, start, end).slots if slot.person != person), None)


def away_in(away: Iterable[Away], person: str, start: datetime, end: datetime) -> Away | None:
    """The leave of a person that touches a span."""
    return next((one for one in away if one.person == person and one.start < end and one.end > start), None)


def everybody_declined(members: Iterable[str], asker: str, declined: Iterable[str]) -> bool:
    """Whether nobody of a team is left who could accept."""
    return not set(members) - {asker} - set(declined)
