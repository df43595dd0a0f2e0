"""How many requests the demo's services get in each minute and how many fail: pure, for past and present alike."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

DAY: Final = 1440
QUIET: Final = 0.16
"""What the night has of the day's traffic."""


@lru_cache(maxsize=64)
def day_of(seed: str, rate: int) -> tuple[int, ...]:
    """The requests of each minute of a day, about `rate` on average: quiet at night, two humps by day."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    shape = [QUIET + (1 - QUIET) * _curve(minute / DAY) for minute in range(DAY)]
    scale = rate * DAY / sum(shape)
    return tuple(max(0, round(each * scale * chance.uniform(0.93, 1.07))) for each in shape)


def _curve(part: float) -> float:
    morning = math.exp(-(((part - 0.42) / 0.11) ** 2))
    evening = math.exp(-(((part - 0.71) / 0.13) ** 2))
    return min(1.0, 0.95 * morning + evening)


@lru_cache(maxsize=64)
def _sums(day: tuple[int, ...]) -> tuple[int, ...]:
    return (0, *accumulate(day))


def until(day: tuple[int, ...], minute: int) -> int:
    """All requests up to the begin of a minute since 1970, in closed form, so that a counter needs no memory."""
    sums = _sums(day)
    return (minute // DAY) * sums[-1] + sums[minute % DAY]


def failures_until(day: tuple[int, ...], minute: int, share: float) -> int:
    """Of those, the failures of the background: now and then a handful in one minute, as real ones come."""
    size = handful(day)
    return math.floor(until(day, minute) * share / size) * size


@lru_cache(maxsize=64)
def handful(day: tuple[int, ...]) -> int:
    """How many failures come together: a twenty-fifth of what an average minute has."""
    return max(1, _sums(day)[-1] // DAY // 25)


@dataclass(frozen=True, slots=True)
class Harm:
    """Minutes from `start` on in which this share of the requests fails."""

    start: int
    minutes: int
    fails: float

    def by_minute(self, day: tuple[int, ...]) -> dict[int, int]:
        """The failures of each minute."""
        span = range(self.start, self.start + self.minutes)
        asked = accumulate((day[minute % DAY] for minute in span), initial=0)
        failed = [math.floor(each * self.fails) for each in asked]
        return {minute: after - before for minute, (before, after) in zip(span, pairwise(failed), strict=True)}


@dataclass(frozen=True, slots=True)
class Flow:
    """One objective's events: a day's pattern, a background of failures, and the harms."""

    day: tuple[int, ...]
    background: float
    harm: Mapping[int, int]

    def minute(self, minute: int) -> tuple[int, int]:
        """Good and all events of a minute."""
        total = self.day[minute % DAY]
        own = failures_until(self.day, minute + 1, self.background) - failures_until(self.day, minute, self.background)
        return total - min(total, own + self.harm.get(minute, 0)), total

    def minutes(self, first: int, last: int, *, but: Iterable[range] = ()) -> Iterator[tuple[int, int, int]]:
        """Minute, good and all events from `first` to `last`; the spans in `but` were not measured."""
        holes = frozenset(minute for hole in but for minute in hole)
        day, share, harm, floor = self.day, self.background, self.harm, math.floor
        asked, size = until(day, first), handful(day)
        failed = floor(asked * share / size) * size
        for minute in range(first, last + 1):
            total = day[minute % DAY]
            asked += total
            before, failed = failed, floor(asked * share / size) * size
            if minute not in holes:
                yield minute, total - min(total, failed - before + harm.get(minute, 0)), total


def flow(day: tuple[int, ...], *, last: int, window: int, spare: float, left: float, harms: Sequence[Harm]) -> Flow:
    """The flow after whose minute `last` this share of the window's budget is left.

    The harms spend what they spend; the background is what remains to be spent, and never less than nothing.
    """
    total = until(day, last + 1) - until(day, last + 1 - window)
    harm: dict[int, int] = {}
    for one in harms:
        for minute, bad in one.by_minute(day).items():
            harm[minute] = harm.get(minute, 0) + bad
    spent = sum(bad for minute, bad in harm.items() if last - window < minute <= last)
    wanted = (1 - left) * total * spare
    return Flow(day, max(0.0, wanted - spent) / total if total else 0.0, harm)


def minute_of(at: datetime) -> int:
    """The minute since 1970 in which an instant lies."""
    return int(at.timestamp()) // 60


def working_time(day: datetime, *, hour: int, minute: int) -> datetime:
    """That time of a day."""
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def before(now: datetime, *, days: float = 0, minutes: float = 0) -> datetime:
    """So long ago, on a whole second."""
    return (now - timedelta(days=days, minutes=minutes)).replace(microsecond=0)
