"""Who is on call at an instant and who follows, in the order in which a page would ask them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import Schedule, Slot

_STEPS: Final = (timedelta(days=15), timedelta(days=370))
"""How far is looked: the near future is enough for most, a year for rotations that turn slowly."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everybody whose turn comes, the one on call now first; nobody is first where nobody is on call.

    Attributes:
        now: the slot that the instant lies in, whole as far as the next hand-over.
        people: who is on call now, if anybody, then who follows, without those who are away now.
        away: who is away now.
    """

    now: Slot
    people: tuple[str, ...]
    away: frozenset[str]


def order_of(schedule: Schedule, at: datetime, *, fewest: int = 2) -> Order:
    """The order at an instant. It looks a year ahead only where the next days name fewer than `fewest` people."""
    away = frozenset(one.person for one in schedule.away if one.start <= at < one.end)
    for ahead in _STEPS:
        slots = render(schedule, at, at + ahead).slots
        upcoming = [slot.person for slot in slots if slot.person is not None and slot.person not in away]
        people = tuple(dict.fromkeys([slots[0].person, *upcoming] if slots[0].person else upcoming))
        if len(people) >= min(fewest, len(schedule.people)):
            break
    return Order(slots[0], people, away)
