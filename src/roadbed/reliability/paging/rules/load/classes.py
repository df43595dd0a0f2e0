"""Time on call told apart: day, night, weekend and holiday on the wall clock of whoever had the shift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.reliability.paging.rules.schedules.walls import instant, wall_of

ORDINARY, NIGHT, WEEKEND, HOLIDAY = "day", "night", "weekend", "holiday"
CLASSES: Final = (ORDINARY, NIGHT, WEEKEND, HOLIDAY)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Which time counts as what. A holiday goes before a weekend, a weekend before a night.

    Attributes:
        night: wall times from which and until which it is night; over midnight where the first is the later one.
        weekend: weekdays, 0 is Monday.
        holidays: dates.
    """

    night: tuple[time, time] = (time(22), time(6))
    weekend: tuple[int, ...] = (5, 6)
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Piece:
    """Time of one class, from `start` until, and without, `end`."""

    start: datetime
    end: datetime
    kind: str

    @property
    def seconds(self) -> int:
        """Real seconds: an hour that the clock went through twice counts twice."""
        return int((self.end - self.start).total_seconds())


class Almanac:
    """The classes of a span in one zone, made once and asked often."""

    def __init__(self, clock: Clock, zone: ZoneInfo, start: datetime, end: datetime) -> None:
        """Prepare a span: `start` and `end` are aware."""
        self._edges: list[datetime] = []
        self._kinds: list[str] = []
        for edge, kind in _classes(clock, zone, start.astimezone(UTC), end.astimezone(UTC)):
            if not self._kinds or self._kinds[-1] != kind:
                self._edges.append(edge)
                self._kinds.append(kind)

    def kind_at(self, at: datetime) -> str:
        """The class of an instant within the span."""
        return self._kinds[max(bisect_right(self._edges, at) - 1, 0)]

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """A part of the span cut by class: no gap, no overlap, so their seconds add up to its own."""
        number = max(bisect_right(self._edges, start) - 1, 0)
        at = start
        while at < end:
            until = self._edges[number + 1] if number + 1 < len(self._edges) else end
            until = min(until, end)
            yield Piece(at, until, self._kinds[number])
            at, number = until, number + 1


def _classes(clock: Clock, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Instants at which a class begins, in order, from before the span until after it."""
    day, last = wall_of(start, zone).date() - _DAY, wall_of(end, zone).date() + _DAY
    nights = list(_nights(clock, zone, day - _DAY, last))
    while day <= last:
        begins, ends = (instant(datetime.combine(one, time()), zone) for one in (day, day + _DAY))
        if day in clock.holidays or day.weekday() in clock.weekend:
            yield begins, HOLIDAY if day in clock.holidays else WEEKEND
        else:
            yield from _working_day(begins, ends, nights)
        day += _DAY


def _working_day(
    begins: datetime, ends: datetime, nights: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, str]]:
    at = begins
    for first, until in nights:
        if until <= begins or first >= ends or until <= first:
            continue
        if first > at:
            yield at, ORDINARY
        yield max(first, begins), NIGHT
        at = min(until, ends)
    if at < ends:
        yield at, ORDINARY


def _nights(clock: Clock, zone: ZoneInfo, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    begins, ends = clock.night
    if begins == ends:
        return
    over = _DAY if ends < begins else timedelta(0)
    day = first
    while day <= last:
        yield instant(datetime.combine(day, begins), zone), instant(datetime.combine(day + over, ends), zone)
        day += _DAY
