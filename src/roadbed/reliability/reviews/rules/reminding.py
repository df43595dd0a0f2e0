"""When somebody is reminded of what is due, and who: 7, 1 and 0 days before, then weekly; pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

BEFORE: Final = (7, 1, 0)
"""Days before the day it is due."""

WEEK: Final = timedelta(days=7)
LEADS_AFTER: Final = timedelta(days=14)
"""So long overdue, those who lead the owning team are told as well."""


def day_of(due: date, *, today: date, made: date | None) -> date | None:
    """The day whose reminder is owed today: the last one that has come; None before the first.

    A day that passed while nothing ran is made good by the last one alone, so that nobody gets a heap. A day before the
    action was made is none.
    """
    days = [due - timedelta(days=before) for before in BEFORE if due - timedelta(days=before) <= today]
    if today > due:
        days.append(due + WEEK * ((today - due) // WEEK))
    found = max(days, default=None)
    return None if found is None or (made is not None and found < made) else found


def tells_leads(due: date, day: date) -> bool:
    """Whether a reminder of this day goes to the team's leads too."""
    return day >= due + LEADS_AFTER


def when(due: date, today: date) -> str:
    """How far away a day is, in words."""
    days = (due - today).days
    if days == 0:
        return "is due today"
    if days > 0:
        return f"is due in {days} day{'s' if days > 1 else ''}"
    return f"has been due for {-days} day{'s' if days < -1 else ''}"
