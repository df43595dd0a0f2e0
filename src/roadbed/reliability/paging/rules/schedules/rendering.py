"""A schedule made into slots that partition a span of time: no gap, no overlap, nobody shown as nobody."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.schedules.turns import Turn, day_spans, turns, without
from roadbed.reliability.paging.rules.schedules.values import (
    OVERRIDE,
    Away,
    Hole,
    Layer,
    Rendered,
    Schedule,
    Slot,
    Swap,
)

LONGEST: Final = timedelta(days=366 * 20)


def render(schedule: Schedule, start: datetime, end: datetime) -> Rendered:
    """Who is on call in a span.

    Args:
        schedule: its people are names or uids; slots hold the same.
        start: aware; the span begins with it.
        end: aware; the span ends before it.

    Raises:
        Invalid: when the span is empty or longer than twenty years.
    """
    if not start < end <= start + LONGEST:
        raise Invalid(
            f"From {start.isoformat()} to {end.isoformat()} is no span to render.",
            remedy="It ends after it begins, and lasts at most 20 years.",
            place=Place(field="to"),
        )
    holes: list[Hole] = []
    layers = {layer.name: _layer(schedule, layer, start, end, holes) for layer in schedule.layers}
    covers = [
        [Slot(max(one.start, start), min(one.end, end), one.person, OVERRIDE)]
        for one in schedule.covers
        if one.start < end and one.end > start
    ]
    slots = tuple(_merged(_filled(_over(_painted([*layers.values()]), _painted(covers)), start, end)))
    return Rendered(slots, tuple(holes), {name: tuple(_merged(found)) for name, found in layers.items()})


def _layer(schedule: Schedule, layer: Layer, start: datetime, end: datetime, holes: list[Hole]) -> list[Slot]:
    found: Iterable[Turn] = turns(layer, start, end)
    if not layer.on_holidays and schedule.holidays:
        found = without(found, day_spans(schedule.holidays, layer))
    swaps = [one for one in schedule.swaps if one.layer in ("", layer.name)]
    if not swaps and not schedule.away:
        return [Slot(turn.start, turn.end, turn.person, layer.name) for turn in found]
    slots = []
    for turn in _cut(found, _cuts(swaps, schedule.away)):
        person = _swapped(turn, swaps)
        gone = _away(person, turn.start, schedule.away)
        if gone is not None:
            other = _stand_in(layer, turn, schedule.away) if layer.next_when_away else None
            if other is None:
                holes.append(Hole(turn.start, turn.end, person, layer.name, gone.why))
                continue
            person = other
        slots.append(Slot(turn.start, turn.end, person, layer.name))
    return slots


def _cuts(swaps: Iterable[Swap], away: Iterable[Away]) -> list[datetime]:
    edges = [(one.start, one.end) for one in swaps] + [(one.start, one.end) for one in away]
    return sorted({at for edge in edges for at in edge})


def _cut(found: Iterable[Turn], cuts: Sequence[datetime]) -> Iterator[Turn]:
    """Turns cut where somebody leaves, comes back, or a swap begins or ends, so that each piece has one answer."""
    for turn in found:
        at, begins = bisect_right(cuts, turn.start), turn.start
        while at < len(cuts) and cuts[at] < turn.end:
            yield Turn(begins, cuts[at], turn.person, turn.place)
            at, begins = at + 1, cuts[at]
        yield Turn(begins, turn.end, turn.person, turn.place)


def _swapped(turn: Turn, swaps: Iterable[Swap]) -> str:
    person = turn.person
    for swap in swaps:
        if swap.start <= turn.start < swap.end:
            person = {swap.first: swap.second, swap.second: swap.first}.get(person, person)
    return person


def _away(person: str, at: datetime, away: Iterable[Away]) -> Away | None:
    return next((one for one in away if one.person == person and one.start <= at < one.end), None)


def _stand_in(layer: Layer, turn: Turn, away: Sequence[Away]) -> str | None:
    people = layer.people
    order = (people[(turn.place + step) % len(people)] for step in range(1, len(people)))
    return next((person for person in order if _away(person, turn.start, away) is None), None)


def _painted(lists: Sequence[Sequence[Slot]]) -> list[Slot]:
    """Lists of slots laid over one another, the last one on top. Halves first, so that many covers cost little."""
    if not lists:
        return []
    if len(lists) == 1:
        return list(lists[0])
    middle = len(lists) // 2
    return _over(_painted(lists[:middle]), _painted(lists[middle:]))


def _over(lower: Sequence[Slot], upper: Sequence[Slot]) -> list[Slot]:
    found: list[Slot] = []
    first = 0
    for slot in lower:
        at = slot.start
        while first < len(upper) and upper[first].end <= at:
            first += 1
        number = first
        while number < len(upper) and upper[number].start < slot.end:
            if upper[number].start > at:
                found.append(Slot(at, upper[number].start, slot.person, slot.layer))
            at = max(at, upper[number].end)
            number += 1
        if at < slot.end:
            found.append(slot if at == slot.start else Slot(at, slot.end, slot.person, slot.layer))
    found.extend(upper)
    found.sort(key=_begin)
    return found


def _begin(slot: Slot) -> datetime:
    return slot.start


def _filled(slots: Iterable[Slot], start: datetime, end: datetime) -> Iterator[Slot]:
    at = start
    for slot in slots:
        if slot.start > at:
            yield Slot(at, slot.start, None, None)
        yield slot
        at = slot.end
    if at < end:
        yield Slot(at, end, None, None)


def _merged(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Neighbours of one person in one layer made one."""
    last: Slot | None = None
    for slot in slots:
        if last is None:
            last = slot
        elif (last.person, last.layer, last.end) == (slot.person, slot.layer, slot.start):
            last = Slot(last.start, slot.end, last.person, last.layer)
        else:
            yield last
            last = slot
    if last is not None:
        yield last
