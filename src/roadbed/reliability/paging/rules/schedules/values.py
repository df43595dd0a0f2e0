"""What a schedule is made of, and what it is made into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
WORKDAYS: Final = (0, 1, 2, 3, 4)
OVERRIDE: Final = "override"
"""The layer that a slot of an override names."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a layer is on duty: from a time of each of the days until a time so many days later.

    Attributes:
        days: weekdays, 0 is Monday, on which it begins.
        over: days between its begin and its end, at most 7.
    """

    days: tuple[int, ...]
    start: time
    end: time
    over: int


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns.

    Attributes:
        name: unique in its schedule; slots name it.
        people: in their order; the first one's turn begins at `starts`. Empty where `by_day` says who has which day.
        zone: its wall clock.
        starts: naive wall time of the first hand-over. Before it the layer has nobody.
        length: what the wall clock moves on between hand-overs; None for a turn per day of `days`.
        days: weekdays of a layer without length, each a turn from its hand-over until the same time a day later.
        by_day: the person of each weekday; takes the place of turns.
        windows: when it is on duty; always, if empty.
        until: naive wall time from which it has nobody any more.
        on_holidays: whether it is on duty on the schedule's holidays.
        next_when_away: whether the next person who is there stands in; otherwise a layer below does, or nobody.
    """

    name: str
    people: tuple[str, ...]
    zone: ZoneInfo
    starts: datetime
    length: timedelta | None = WEEK
    days: tuple[int, ...] = WORKDAYS
    by_day: Mapping[int, str] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    until: datetime | None = None
    on_holidays: bool = True
    next_when_away: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """A person who is not there, from an instant until, and without, another."""

    person: str
    start: datetime
    end: datetime
    why: str = "leave"


@dataclass(frozen=True, slots=True)
class Cover:
    """An override: this person is on call whatever the layers say. The later one in the list wins."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Swap:
    """Two people who take one another's turns for a while, in one layer or (where it is empty) in all."""

    first: str
    second: str
    start: datetime
    end: datetime
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Layers, the last one that has somebody decides; above them overrides.

    `second` are layers of their own, by which somebody stands by at the same time and is paged next;
    `second_covers` are the overrides of these.
    """

    name: str
    zone: ZoneInfo
    layers: tuple[Layer, ...]
    covers: tuple[Cover, ...] = ()
    swaps: tuple[Swap, ...] = ()
    away: tuple[Away, ...] = ()
    holidays: tuple[date, ...] = ()
    second: tuple[Layer, ...] = ()
    second_covers: tuple[Cover, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody whom it can put on call, each once, in the order in which it names them."""
        named = [person for layer in (*self.layers, *self.second) for person in (*layer.people, *layer.by_day.values())]
        named += [cover.person for cover in (*self.covers, *self.second_covers)]
        named += [person for swap in self.swaps for person in (swap.first, swap.second)]
        return tuple(dict.fromkeys(named))

    @property
    def standing_by(self) -> Schedule | None:
        """The schedule of whoever is second: leave, swaps and holidays are shared, overrides are not. None without."""
        if not self.second:
            return None
        return replace(self, layers=self.second, covers=self.second_covers, second=(), second_covers=())


@dataclass(frozen=True, slots=True)
class Slot:
    """Who is on call from `start` until, and without, `end`, in UTC. Nobody is None, in no layer."""

    start: datetime
    end: datetime
    person: str | None
    layer: str | None


@dataclass(frozen=True, slots=True)
class Hole:
    """A turn of somebody who is away, for whom nobody of the layer stands in."""

    start: datetime
    end: datetime
    person: str
    layer: str
    why: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A span of time: slots that partition it, and the holes that leave made in single layers."""

    slots: tuple[Slot, ...]
    holes: tuple[Hole, ...]
    layers: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
