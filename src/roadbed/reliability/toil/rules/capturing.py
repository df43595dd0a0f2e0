"""Toil that nobody types: a page that needed no fix, and the same alert again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NO_FIX, AGAIN = "page", "repeat"
BY_ITSELF: Final = "it stopped by itself"
MENDING: Final = frozenset({
    "service.rolledback", "service.deployed", "service.upgraded", "flag.changed", "incident.detected",
    "incident.reported",
})  # fmt: skip
"""What somebody did about a service while its alert was open. Any of these says that a person was needed."""

REPEATED: Final = 3
"""The same alert so often in 28 days is a task that comes back."""

SHORTEST, LONGEST = 5, 60
"""Minutes of an interruption: less than a look takes nobody, and an alert left open overnight was not worked on."""


@dataclass(frozen=True, slots=True)
class Page:
    """An alert that ended: how long after it was taken, by whom, what was done, how often it came in 28 days."""

    ended_for: str
    taken_by: str
    seconds_after_taken: float
    mended: bool
    times: int


def captured(page: Page) -> tuple[str, int] | None:
    """The kind of toil and its minutes; None where nobody was disturbed, or where somebody was needed."""
    if not page.taken_by or page.mended or page.ended_for != BY_ITSELF:
        return None
    minutes = round(min(max(page.seconds_after_taken / 60, SHORTEST), LONGEST))
    return (AGAIN if page.times >= REPEATED else NO_FIX), minutes
