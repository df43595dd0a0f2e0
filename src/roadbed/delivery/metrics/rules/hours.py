"""Spans counted in working hours: from Friday evening to Monday morning is an hour, not a weekend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roadbed.ground.errors import Invalid, Place

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = time()
NOTHING: Final = timedelta()
MICROSECOND: Final = timedelta(microseconds=1)
_SPAN: Final = re.compile(
    r"(?:(?P<days>[a-z,\- ]+?)\s+)?(?P<begin>\d{1,2}:\d\d)\s*[-–]\s*(?P<end>\d{1,2}:\d\d)(?:\s+(?P<zone>\S+))?",
    re.IGNORECASE,
)
_REMEDY: Final = 'Write it like "09:00-17:00", "Mon-Fri 09:00-17:00 Europe/Berlin" or "Sun-Thu 08:00-16:00".'


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work.

    Attributes:
        days: weekdays, Monday is 0.
        begin, end: of a working day, by the clock of `zone`; the end lies after the begin.
        holidays: days without work.
    """

    days: frozenset[int]
    begin: time
    end: time
    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    words: str = ""

    def seconds(self, start: datetime, stop: datetime) -> float:
        """Working seconds between two instants; 0 where they lie outside of all working hours."""
        if stop <= start:
            return 0.0
        first, last = start.astimezone(self.zone).date(), stop.astimezone(self.zone).date()
        total = self._of_day(first, start, stop)
        if last > first:
            total += self._of_day(last, start, stop)
            total += self._whole_days(first + timedelta(days=1), last)
        # Whole microseconds are divided once, so that the sum does not depend on how it was added up.
        return total // MICROSECOND / 1_000_000

    def bounds(self, day: date) -> tuple[datetime, datetime] | None:
        """When work begins and ends on a day, in UTC; None of a day without work.

        By instants, so that a day on which the clocks change has its true length.
        """
        if day.weekday() not in self.days or day in self.holidays:
            return None
        begin = datetime.combine(day, self.begin, tzinfo=self.zone)
        # A day that ends at midnight ends where the next begins.
        ends_on = day if self.end > self.begin else day + timedelta(days=1)
        return begin.astimezone(UTC), datetime.combine(ends_on, self.end, tzinfo=self.zone).astimezone(UTC)

    def _of_day(self, day: date, start: datetime, stop: datetime) -> timedelta:
        if (known := self.bounds(day)) is None:
            return NOTHING
        begin, end = known
        return max(NOTHING, min(end, stop.astimezone(UTC)) - max(begin, start.astimezone(UTC)))

    @property
    def _length(self) -> timedelta:
        length = datetime.combine(date.min, self.end) - datetime.combine(date.min, self.begin)
        return length if length > NOTHING else length + timedelta(days=1)

    def _whole_days(self, begin: date, end: date) -> timedelta:
        """The days from `begin` up to but not including `end`."""
        weeks, rest = divmod((end - begin).days, 7)
        working = weeks * len(self.days)
        working += sum((begin.weekday() + day) % 7 in self.days for day in range(rest))
        working -= sum(begin <= day < end and day.weekday() in self.days for day in self.holidays)
        other = (_other_days(self, year) for year in range(begin.year, end.year + 1))
        return working * self._length + sum((by for days in other for day, by in days if begin <= day < end), NOTHING)


@lru_cache(maxsize=256)
def _other_days(hours: Hours, year: int) -> tuple[tuple[date, timedelta], ...]:
    """Working days of a year in whose hours the clocks change, each with by how much it is longer than the others."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=day) for day in range((date(year, 12, 31) - first).days + 1))
    known = ((day, hours.bounds(day)) for day in days)
    lengths = ((day, at[1] - at[0] - hours._length) for day, at in known if at is not None)  # noqa: SLF001 - its own
    return tuple((day, by) for day, by in lengths if by)


def hours_of(text: str, holidays: Iterable[str] = ()) -> Hours | None:
    """Working hours as somebody wrote them; None of nothing.

    Raises:
        Invalid: naming the part that cannot be read.
    """
    off = frozenset(_day(one) for one in holidays if one.strip())
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise _refused(f"{text[:60]!r} are no working hours.")
    begin, end = _clock(found["begin"]), _clock(found["end"])
    if end <= begin and end != MIDNIGHT:
        raise _refused(f"The working day {text[:60]!r} ends before it begins.")
    return Hours(_days(found["days"] or "mon-fri"), begin, end, _zone(found["zone"] or "UTC"), off, text.strip())


def _refused(detail: str) -> Invalid:
    return Invalid(detail, remedy=_REMEDY, place=Place(field="working-hours"))


def _clock(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return MIDNIGHT
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock
        raise _refused(f"There is no time {text}.")
    return time(hour, minute)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _refused(f"There is no time zone {name[:40]!r}.") from None


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip().lower()):
        first, _, last = part.partition("-")
        if first[:3] not in DAYS or (last and last[:3] not in DAYS):
            raise _refused(f"{part!r} is no weekday.")
        begin = DAYS.index(first[:3])
        end = DAYS.index(last[:3]) if last else begin
        found |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return frozenset(found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            f"{text.strip()[:40]!r} is no day.", remedy="Write it like 2026-12-25.", place=Place(field="holidays")
        ) from None
