"""What shifts were like: pages in them, nights, interrupted hours, and the limits of the SRE book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.reliability.paging.rules.load.classes import CLASSES, HOLIDAY, NIGHT, WEEKEND, Almanac, Clock
from roadbed.reliability.paging.rules.load.pay import Stint, merged

SHIFT: Final = timedelta(hours=12)
MOST_INCIDENTS: Final = 2
"""SRE book, chapter 11: at most two incidents in a shift of twelve hours."""
MOST_ON_CALL: Final = 0.25
"""The same: at most a quarter of somebody's time on call."""


@dataclass(frozen=True, slots=True)
class Page:
    """One person paged about one trouble; `alert` is the same however often and on however many channels."""

    at: datetime
    person: str
    alert: str


@dataclass(frozen=True, slots=True)
class Crowded:
    """Twelve hours in which somebody was paged about more incidents than the limit has."""

    person: str
    start: datetime
    end: datetime
    incidents: int


@dataclass(frozen=True, slots=True)
class Burden:
    """One person's span: seconds on call, pages by class, distinct hours in which a page came.

    Attributes:
        of_time: seconds on call over those of the span of which there is a record; the limit is MOST_ON_CALL.
        shifts: turns that touched the span.
        pages: troubles paged about, each once.
        by_class: the same by the class of their time.
        hours: interrupted hours: distinct hours with a page in them.
        night_hours: those of them that were night, weekend nights not counted twice.
        crowded: breaches of the two-incidents limit.
    """

    person: str
    seconds: int
    of_time: float
    shifts: int
    pages: int
    by_class: Mapping[str, int]
    hours: int
    night_hours: int
    crowded: tuple[Crowded, ...]

    @property
    def too_much(self) -> bool:
        """Whether a limit is broken."""
        return bool(self.crowded) or self.of_time > MOST_ON_CALL

    @property
    def outside(self) -> int:
        """Pages outside of working days."""
        return sum(self.by_class[kind] for kind in (NIGHT, WEEKEND, HOLIDAY))


@dataclass(frozen=True, slots=True)
class OfShifts:
    """Pages per shift: how many shifts had how many."""

    counts: Mapping[int, int]

    @property
    def shifts(self) -> int:
        """All shifts."""
        return sum(self.counts.values())

    @property
    def median(self) -> float | None:
        """The middle shift's pages, None without shifts."""
        values = sorted(count for count, many in self.counts.items() for _ in range(many))
        if not values:
            return None
        middle = len(values) // 2
        return float(values[middle]) if len(values) % 2 else (values[middle - 1] + values[middle]) / 2

    @property
    def most(self) -> int | None:
        """The fullest shift's pages, None without shifts."""
        return max(self.counts, default=None)


def burdens(
    stints: Sequence[Stint], pages: Iterable[Page], clock: Clock, start: datetime, end: datetime, *, zone: str
) -> tuple[Burden, ...]:
    """Everybody who was on call or paged in a span, whoever was interrupted most first.

    `zone` is that of people who were paged without being on call.
    """
    first = _firsts(page for page in pages if start <= page.at < end)
    mine: dict[str, list[Stint]] = defaultdict(list)
    known = _within(stints, start, end)
    for stint in stints:
        if stint.person and stint.end > start and stint.start < end:
            mine[stint.person].append(stint)
    almanacs: dict[str, Almanac] = {}
    found = []
    for person in {*mine, *first}:
        own = merged(mine[person])
        name = own[0].zone if own else zone
        if name not in almanacs:
            almanacs[name] = Almanac(clock, ZoneInfo(name), start, end)
        found.append(_burden(person, own, first.get(person, []), almanacs[name], (_within(own, start, end), known)))
    return tuple(sorted(found, key=lambda one: (-one.hours, -one.seconds, one.person)))


def of_shifts(stints: Iterable[Stint], pages: Iterable[Page], start: datetime, end: datetime) -> OfShifts:
    """How many troubles the person on call was paged about in each shift that touched the span."""
    first = _firsts(pages)
    counts: dict[int, int] = defaultdict(int)
    for stint in merged(stints):
        begins, ends = max(stint.start, start), min(stint.end, end)
        if stint.person and begins < ends:
            counts[sum(begins <= at < ends for at in first.get(stint.person, ()))] += 1
    return OfShifts(dict(sorted(counts.items())))


def crowded(person: str, times: Sequence[datetime]) -> tuple[Crowded, ...]:
    """Stretches of twelve hours with more troubles than the limit; those that overlap are one."""
    found: list[Crowded] = []
    first = 0
    for number, at in enumerate(times):
        while at - times[first] >= SHIFT:
            first += 1
        many = number - first + 1
        if many <= MOST_INCIDENTS:
            continue
        if found and times[first] <= found[-1].end:
            began = found[-1].start
            found[-1] = Crowded(person, began, at, sum(began <= one <= at for one in times))
        else:
            found.append(Crowded(person, times[first], at, many))
    return tuple(found)


def _firsts(pages: Iterable[Page]) -> dict[str, list[datetime]]:
    """When each person was first paged about each trouble, in order."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for page in pages:
        known = found[page.person].get(page.alert)
        if known is None or page.at < known:
            found[page.person][page.alert] = page.at
    return {person: sorted(alerts.values()) for person, alerts in found.items()}


def _burden(
    person: str, own: Sequence[Stint], times: Sequence[datetime], almanac: Almanac, spent: tuple[float, float]
) -> Burden:
    seconds, known = spent
    by_class = dict.fromkeys(CLASSES, 0)
    for at in times:
        by_class[almanac.kind_at(at)] += 1
    hours = {at.replace(minute=0, second=0, microsecond=0): almanac.kind_at(at) for at in times}
    return Burden(
        person, int(seconds), seconds / known if known else 0.0, len(own), len(times), by_class, len(hours),
        sum(kind == NIGHT for kind in hours.values()), crowded(person, times),
    )  # fmt: skip


def _within(stints: Iterable[Stint], start: datetime, end: datetime) -> float:
    """Seconds of a span that stints cover."""
    return sum(max((min(one.end, end) - max(one.start, start)).total_seconds(), 0.0) for one in stints)
