"""Which stretch of time a report is of: a week, month, quarter or year in a zone, or from one instant to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.periods import Window, WindowError, zone_of

WEEK, MONTH, QUARTER, YEAR, SPAN = "week", "month", "quarter", "year", "span"
UNITS: Final = {WEEK: "w", MONTH: "M", QUARTER: "Q", YEAR: "Y"}
_MONDAY: Final = datetime(1970, 1, 5)  # noqa: DTZ001 - a time of some zone's wall, where the zone is kept beside it
LONGEST: Final = 366 * 1440
_MONTHS_OF_QUARTER: Final = 3


class SpanError(ValueError):
    """A period that cannot be reported, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole minutes since 1970, from `first` up to, not including, `end`; `before` is the one before."""

    kind: str
    zone: str
    first: int
    end: int
    before: tuple[int, int]
    label: str

    @property
    def minutes(self) -> int:
        return self.end - self.first


def by_calendar(kind: str, zone: str, *, at: datetime) -> Span:
    """The week, month, quarter or year in which an instant lies. Weeks begin on Monday.

    Raises:
        SpanError: saying what is wrong.
    """
    if kind not in UNITS:
        raise SpanError(f"{kind!r} is none of {', '.join(UNITS)}")
    window = _window(kind, zone)
    found = window.at(minute_of(at))
    former = window.at(found.first - 1)
    return Span(kind, zone, found.first, found.end, (former.first, former.end), label_of(kind, found.first, zone))


def between(start: str, end: str, zone: str) -> Span:
    """From one instant to another, each ISO 8601; a date is its midnight in the zone, and of the end the next one.

    Raises:
        SpanError: saying what is wrong.
    """
    first, until = _minute(start, zone), _minute(end, zone, after=True)
    if not 0 < until - first <= LONGEST:
        raise SpanError("a report is of up to 366 days, and ends after it begins")
    at = zone_of(zone)
    label = f"{instant(first).astimezone(at):%Y-%m-%d %H:%M} to {instant(until).astimezone(at):%Y-%m-%d %H:%M}"
    return Span(SPAN, zone, first, until, (first - (until - first), first), label)


def _window(kind: str, zone: str) -> Window:
    try:
        if kind == WEEK:
            return Window(1, UNITS[kind], zone, _MONDAY)
        return Window(1, UNITS[kind], zone)
    except WindowError as fault:
        raise SpanError(str(fault)) from None


def _minute(text: str, zone: str, *, after: bool = False) -> int:
    try:
        wall = zone_of(zone)
    except WindowError as fault:
        raise SpanError(str(fault)) from None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    try:
        if day is not None:
            return minute_of(datetime.combine(day + timedelta(days=after), time(), tzinfo=wall))
        found = datetime.fromisoformat(text)
        exact = found if found.tzinfo is not None else found.replace(tzinfo=wall)
        minute = minute_of(exact)
    except (ValueError, OverflowError):
        raise SpanError(f"{text[:40]!r} is no date or instant, like 2026-11-01 or 2026-11-01T09:00Z") from None
    if exact.second or exact.microsecond:
        raise SpanError(f"{text!r} does not begin with a minute")
    return minute


def label_of(kind: str, first: int, zone: str) -> str:
    """A calendar period as people name it: Week 48 of 2026, November 2026, Q4 2026, 2026."""
    at = instant(first).astimezone(zone_of(zone))
    if kind == WEEK:
        year, week, _ = at.isocalendar()
        return f"Week {week} of {year}"
    if kind == MONTH:
        return f"{at:%B %Y}"
    return f"Q{(at.month - 1) // _MONTHS_OF_QUARTER + 1} {at.year}" if kind == QUARTER else f"{at.year}"
