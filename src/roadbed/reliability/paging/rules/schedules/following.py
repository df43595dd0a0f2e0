"""Who is on call at an instant and who follows, in the order in which a page would ask them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import Schedule

_STEPS: Final = (timedelta(days=15), timedelta(days=60), timedelta(days=370))
"""How far is looked: the near future is enough for most, a year for rotations that turn slowly."""

_MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Order:
    """Everybody whose turn comes, the one on call now first; nobody is first where nobody is on call.

    Attributes:
        person: who is on call, by which layer, since when and until when; no instant where none is in sight.
        people: who is on call now, if anybody, then who follows, without those who are away now.
        away: who is away now.
    """

    person: str | None
    layer: str | None
    since: datetime | None
    until: datetime | None
    people: tuple[str, ...]
    away: frozenset[str]


def order_of(schedule: Schedule, at: datetime, *, fewest: int = 2) -> Order:
    """The order at an instant. It looks a year ahead only where the next days name fewer than `fewest` people."""
    away = frozenset(one.person for one in schedule.away if one.start <= at < one.end)
    fewest = min(fewest, len(set(schedule.people) - away))
    order = Order(None, None, None, None, (), away)
    for ahead in _STEPS:
        slots = render(schedule, at - ahead, at + ahead).slots
        number = next(place for place, slot in enumerate(slots) if slot.end > at)
        now = slots[number]
        upcoming = [slot.person for slot in slots[number:] if slot.person is not None and slot.person not in away]
        order = Order(
            person=now.person,
            layer=now.layer,
            since=now.start if number else None,
            until=now.end if number + 1 < len(slots) else None,
            # Somebody who is away and named by an override is on call all the same.
            people=tuple(dict.fromkeys([now.person, *upcoming] if now.person else upcoming)),
            away=away,
        )
        if len(order.people) >= fewest and (order.until is not None or len(order.people) == 1):
            break
    return _with_second(order, schedule, at)


def _with_second(order: Order, schedule: Schedule, at: datetime) -> Order:
    """Whoever stands by follows at once, before the turns to come."""
    standing = schedule.standing_by
    if standing is None:
        return order
    second = render(standing, at, at + _MOMENT).slots[0].person
    if second is None or second == order.person:
        return order
    first = order.people[:1] if order.person else ()
    return replace(order, people=tuple(dict.fromkeys([*first, second, *order.people])))
