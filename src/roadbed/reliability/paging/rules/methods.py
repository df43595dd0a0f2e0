"""On which ways a person is paged, and when: methods in order by urgency, quiet hours on the person's wall clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.reliability.paging.rules.schedules.walls import instant, wall_of

HIGH, LOW = "high", "low"
URGENCIES: Final = (HIGH, LOW)
URGENT: Final = 2
"""The highest number of a severity that wakes people; what is less severe can wait for waking hours."""

MOST: Final = 10
LONGEST: Final = 3600
"""Seconds after which a method still belongs to the same page; the steps of an escalation go on meanwhile."""

LATE: Final = timedelta(seconds=60)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UTC_ZONE: Final = ZoneInfo("UTC")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Way:
    """One method: a channel's uid, and seconds after the page."""

    channel: str
    after: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing of low urgency is sent: from `start` on each of `days` (0 is Monday) until `end`.

    An end at or before the start is on the next day.
    """

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants of their pages. Without ways for an urgency every verified channel is used at once."""

    zone: ZoneInfo = UTC_ZONE
    high: tuple[Way, ...] = ()
    low: tuple[Way, ...] = ()
    quiet: tuple[Quiet, ...] = ()

    def ways(self, urgency: str) -> tuple[Way, ...]:
        """The methods of an urgency."""
        return self.high if urgency == HIGH else self.low


@dataclass(frozen=True, slots=True)
class Planned:
    """One message that is to go out: the channel, its place among the methods, when."""

    channel: str
    turn: int
    at: datetime


def urgency_of(severity: int) -> str:
    """Whether a page of this severity may wake somebody."""
    return HIGH if severity <= URGENT else LOW


def planned(wishes: Wishes, channels: Sequence[str], *, urgency: str, now: datetime) -> tuple[Planned, ...]:
    """The messages of one page to one person, over those `channels` that are verified; none only without any.

    Methods whose channel is not verified are left out. Where none is left, every verified channel is used, so that a
    removed channel never silences its owner.
    """
    verified = frozenset(channels)
    ways = tuple(way for way in wishes.ways(urgency) if way.channel in verified)
    if not ways:
        ways = tuple(Way(channel, 0) for channel in channels)
    begin = now if urgency == HIGH else quiet_until(wishes, now) or now
    # The first method comes at once, whatever was removed from before it.
    first = min((way.after for way in ways), default=0)
    return tuple(
        Planned(way.channel, turn, begin + timedelta(seconds=way.after - first)) for turn, way in enumerate(ways)
    )


def quiet_until(wishes: Wishes, at: datetime) -> datetime | None:
    """When the quiet hours that hold an instant are over; None outside of them, or when they have no end."""
    until = at
    for _ in range(len(wishes.quiet) * 8 + 1):
        ends = [end for start, end in _spans(wishes.quiet, until, wishes.zone) if start <= until < end]
        if not ends:
            return until if until > at else None
        until = max(ends)
    return None


def _spans(quiet: Iterable[Quiet], at: datetime, zone: ZoneInfo) -> Iterable[tuple[datetime, datetime]]:
    today = wall_of(at, zone).date()
    for hours in quiet:
        for day in (today - _DAY, today):
            if day.weekday() in hours.days:
                last = day if hours.end > hours.start else day + _DAY
                yield (
                    instant(datetime.combine(day, hours.start), zone),
                    instant(datetime.combine(last, hours.end), zone),
                )


def lateness(due: datetime, now: datetime) -> str:
    """What a message that goes out late says of itself; empty for one in time."""
    late = now - due
    if late < LATE:
        return ""
    minutes = round(late.total_seconds() / 60)
    return f"This message is {minutes} min late: it should have gone out {due.astimezone(UTC):%-d %B %H:%M:%S} UTC."
