"""The turns of one layer in a span of time: hand-overs on the wall clock, cut to when the layer is on duty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from roadbed.reliability.paging.rules.schedules.values import DAY, Layer
from roadbed.reliability.paging.rules.schedules.walls import instant, wall_of

_MARGIN: Final = timedelta(hours=50)
"""No zone ever moved its clock further (Samoa left out a day), so a search on the wall clock begins so much earlier."""
_MIDNIGHT: Final = time(0, 0)


class Turn(NamedTuple):
    """A person's turn; `place` is where they stand in the layer's order."""

    start: datetime
    end: datetime
    person: str
    place: int


Span = tuple[datetime, datetime]


def turns(layer: Layer, start: datetime, end: datetime) -> list[Turn]:
    """The turns that touch a span, cut to it and to when the layer is on duty, in order."""
    end = end if layer.until is None else min(end, instant(layer.until, layer.zone))
    start = max(start, instant(layer.starts, layer.zone))
    if start >= end:
        return []
    found = list(_clipped(_by_length(layer, start, end) if layer.length else _by_day(layer, start, end), start, end))
    if layer.windows:
        found = list(_inside(found, windows(layer, start, end)))
    return found


def _clipped(found: Iterable[Turn], start: datetime, end: datetime) -> Iterator[Turn]:
    for turn in found:
        begins, ends = max(turn.start, start), min(turn.end, end)
        if begins < ends:
            yield Turn(begins, ends, turn.person, turn.place)


def _by_length(layer: Layer, start: datetime, end: datetime) -> Iterator[Turn]:
    length, people = layer.length or DAY, layer.people
    number = max(0, (wall_of(start, layer.zone) - _MARGIN - layer.starts) // length)
    begins = instant(layer.starts + number * length, layer.zone)
    while begins < end:
        ends = instant(layer.starts + (number + 1) * length, layer.zone)
        place = number % len(people)
        yield Turn(begins, ends, people[place], place)
        number, begins = number + 1, ends


def _by_day(layer: Layer, start: datetime, end: datetime) -> Iterator[Turn]:
    day = max(layer.starts.date(), (wall_of(start, layer.zone) - _MARGIN).date())
    last, at = (wall_of(end, layer.zone) + DAY).date(), layer.starts.time()
    number = _days_before(layer, day)
    while day <= last:
        if day.weekday() in layer.days:
            begins, ends = (instant(datetime.combine(one, at), layer.zone) for one in (day, day + DAY))
            place = number % len(layer.people) if layer.people else 0
            yield Turn(begins, ends, layer.by_day.get(day.weekday()) or layer.people[place], place)
            number += 1
        day += DAY


def _days_before(layer: Layer, day: date) -> int:
    """How many turns lie between the layer's first day and a day."""
    first = layer.starts.date()
    weeks, rest = divmod((day - first).days, 7)
    return weeks * len(layer.days) + sum((first.weekday() + one) % 7 in layer.days for one in range(rest))


def windows(layer: Layer, start: datetime, end: datetime) -> list[Span]:
    """When a layer is on duty in a span: apart, in order."""
    first, last = (wall_of(start, layer.zone) - _MARGIN).date(), (wall_of(end, layer.zone) + DAY).date()
    found: list[Span] = []
    for window in layer.windows:
        day = first - window.over * DAY
        while day <= last:
            if day.weekday() in window.days:
                begins = instant(datetime.combine(day, window.start), layer.zone)
                ends = instant(datetime.combine(day + window.over * DAY, window.end), layer.zone)
                found.append((begins, ends))
            day += DAY
    return joined(found)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch made one, empty ones left out."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if begins >= ends:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _inside(found: Iterable[Turn], spans: list[Span]) -> Iterator[Turn]:
    at = 0
    for turn in found:
        while at < len(spans) and spans[at][1] <= turn.start:
            at += 1
        upcoming = at
        while upcoming < len(spans) and spans[upcoming][0] < turn.end:
            begins, ends = spans[upcoming]
            yield Turn(max(begins, turn.start), min(ends, turn.end), turn.person, turn.place)
            upcoming += 1


def without(found: Iterable[Turn], spans: list[Span]) -> Iterator[Turn]:
    """Turns less some spans, which are apart and in order."""
    for turn in found:
        at = turn.start
        for begins, ends in spans:
            if ends <= at or begins >= turn.end:
                continue
            if begins > at:
                yield Turn(at, begins, turn.person, turn.place)
            at = max(at, ends)
        if at < turn.end:
            yield Turn(at, turn.end, turn.person, turn.place)


def day_spans(days: Iterable[date], layer: Layer) -> list[Span]:
    """Whole days on a layer's wall clock."""
    zone = layer.zone
    return joined(
        (instant(datetime.combine(day, _MIDNIGHT), zone), instant(datetime.combine(day + DAY, _MIDNIGHT), zone))
        for day in days
    )
