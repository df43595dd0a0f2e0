"""An objective's whole window, rolling or by the calendar of a time zone, and where it begins and ends at a minute."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.windows import DURATION, LONGEST, MINUTES, in_words, name_of

MONTHS: Final = {"M": 1, "Q": 3, "Y": 12}
_DAYS: Final = {"d": 1, "w": 7}
_NOMINAL: Final = {**MINUTES, "M": 30 * 1440, "Q": 91 * 1440, "Y": 365 * 1440}
_LONGEST: Final = {"M": 31 * 1440, "Q": 92 * 1440, "Y": 366 * 1440}
_WORDS: Final = {"m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "Q": "quarter", "Y": "year"}
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a time of some zone's wall, where the zone is kept beside it


class WindowError(ValueError):
    """A window that cannot be counted, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Period:
    """The minutes that a window covers as of one minute, all as minutes since 1970.

    Attributes:
        first: its first minute.
        until: the minute after the last one that has passed.
        end: the minute after its last one; later than `until` only by the calendar.
    """

    first: int
    until: int
    end: int

    @property
    def elapsed(self) -> int:
        return self.until - self.first

    @property
    def length(self) -> int:
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class Window:
    """A window of so many units. With a zone it follows the calendar there, in steps from `anchor`.

    Attributes:
        unit: m, h, d, w, or M, Q, Y for months, quarters and years.
        zone: an IANA name; empty for a rolling window.
        anchor: a time on that zone's wall at which one of its periods begins.
    """

    number: int
    unit: str
    zone: str = ""
    anchor: datetime = _EPOCH

    def __post_init__(self) -> None:
        if self.number < 1 or self.unit not in _NOMINAL or self.nominal > LONGEST:
            raise WindowError(f"{self.name!r} is no window from 1m to a year")
        if self.zone:
            zone_of(self.zone)

    @classmethod
    def rolling(cls, minutes: int) -> Window:
        """The last so many minutes."""
        return cls(minutes, "m")

    @property
    def name(self) -> str:
        return f"{self.number}{self.unit}" if self.zone or self.unit in MONTHS else name_of(self.nominal)

    @property
    def by_calendar(self) -> bool:
        return bool(self.zone)

    @property
    def nominal(self) -> int:
        """Its length in minutes, exact for m, h, d and w without a zone, else about."""
        return self.number * _NOMINAL[self.unit]

    @property
    def longest(self) -> int:
        """The most minutes that it can have."""
        return self.number * _LONGEST.get(self.unit, _NOMINAL[self.unit]) + 1440 * self.by_calendar

    def in_words(self) -> str:
        """As a sentence says it: 30 days; each month in America/New_York."""
        word = _WORDS[self.unit]
        if not self.zone:
            plural = "" if self.number == 1 else "s"
            return f"{self.number} {word}{plural}" if self.unit in MONTHS else in_words(self.nominal)
        each = word if self.number == 1 else f"{self.number} {word}s"
        return f"each {each} in {self.zone}"

    def at(self, minute: int) -> Period:
        """The period of which `minute` is the last that has passed."""
        until = minute + 1
        if not self.zone:
            return Period(self._rolled(until), until, until)
        number = self._guess(minute)
        while self._boundary(number) > minute:
            number -= 1
        while self._boundary(number + 1) <= minute:
            number += 1
        return Period(self._boundary(number), until, self._boundary(number + 1))

    def _rolled(self, until: int) -> int:
        if self.unit in MINUTES:
            return until - self.nominal
        end = instant(until)
        return minute_of(_moved(end.replace(tzinfo=None), -self.number * MONTHS[self.unit]).replace(tzinfo=UTC))

    def _guess(self, minute: int) -> int:
        return int((instant(minute).replace(tzinfo=None) - self.anchor).total_seconds() // 60 // self.nominal)

    def _boundary(self, number: int) -> int:
        return _boundary(self, number)


@lru_cache(maxsize=4096)
def _boundary(window: Window, number: int) -> int:
    steps = number * window.number
    zone = zone_of(window.zone)
    if window.unit in _DAYS:
        wall = window.anchor + timedelta(days=steps * _DAYS[window.unit])
    elif window.unit in MONTHS:
        wall = _moved(window.anchor, steps * MONTHS[window.unit])
    else:
        # Hours and minutes are lengths of time, whatever the wall's clock does.
        return minute_of(window.anchor.replace(tzinfo=zone)) + steps * MINUTES[window.unit]
    # A time that the wall shows twice begins at the first; one that it skips begins where the clock jumps.
    return minute_of(wall.replace(tzinfo=zone, fold=0))


def _moved(wall: datetime, months: int) -> datetime:
    """So many months later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    day = min(wall.day, monthrange(year, month + 1)[1])
    return wall.replace(year=year, month=month + 1, day=day)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        WindowError: when there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WindowError(f"{name!r} is no IANA time zone") from None


def window_of(duration: str, *, zone: str = "", start: str = "") -> Window:
    """The window of a duration such as 30d or 1M; with a zone by its calendar, from a start on its wall.

    Raises:
        WindowError: saying what is wrong.
    """
    found = DURATION.fullmatch(duration)
    if found is None:
        raise WindowError(f"{duration!r} is no duration")
    anchor = _EPOCH
    if start:
        try:
            anchor = datetime.fromisoformat(start)
        except ValueError:
            raise WindowError(f"{start!r} is no time such as 2026-01-01 00:00:00") from None
        if anchor.tzinfo is not None:
            anchor = anchor.astimezone(zone_of(zone or "UTC")).replace(tzinfo=None)
        if anchor.second or anchor.microsecond:
            raise WindowError(f"{start!r} does not begin with a minute")
    return Window(int(found["number"]), found["unit"], zone, anchor)


def window_as_data(window: Window) -> dict[str, Any]:
    """The window as JSON."""
    data: dict[str, Any] = {"duration": f"{window.number}{window.unit}"}
    if window.zone:
        data |= {"zone": window.zone, "start": window.anchor.isoformat(sep=" ")}
    return data


def window_from_data(data: dict[str, Any]) -> Window:
    """The window of such JSON."""
    return window_of(data["duration"], zone=data.get("zone", ""), start=data.get("start", ""))
