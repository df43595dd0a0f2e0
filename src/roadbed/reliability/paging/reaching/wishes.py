"""How a person wants to be paged: read, written whole, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller
from roadbed.reliability.paging.channels import person_of
from roadbed.reliability.paging.models import Channel, Habits, Method
from roadbed.reliability.paging.rules.methods import (
    DAYS,
    HIGH,
    LONGEST,
    LOW,
    MOST,
    URGENCIES,
    Planned,
    Quiet,
    Way,
    Wishes,
    planned,
    quiet_until,
)

QUIET_MOST: Final = 7


@dataclass(frozen=True, slots=True)
class WayView:
    """One method; `after` in seconds. An unverified channel is passed by."""

    channel: str
    kind: str
    address: str
    verified: bool
    after: int


@dataclass(frozen=True, slots=True)
class QuietView:
    """Quiet hours: days as `mon` to `sun`, times as HH:MM."""

    days: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class WishesView:
    """A person's wishes. Empty lists of ways mean every verified channel at once."""

    person: str
    zone: str
    high: tuple[WayView, ...]
    low: tuple[WayView, ...]
    quiet: tuple[QuietView, ...]
    quiet_until: datetime | None
    version: int


def wishes_of(people: Sequence[Person]) -> dict[int, Wishes]:
    """What each of these people wants, by primary key, in two queries whatever their number."""
    ways: dict[tuple[int, str], list[Way]] = {}
    rows = Method.objects.filter(person__in=people, channel__removed_at=None).order_by("turn")
    for person, urgency, channel, after in rows.values_list("person_id", "urgency", "channel__uid", "after_seconds"):
        ways.setdefault((person, urgency), []).append(Way(channel, after))
    habits = {row.person_id: row for row in Habits.objects.filter(person__in=people)}
    return {
        one.pk: _wishes(habits.get(one.pk), ways.get((one.pk, HIGH), []), ways.get((one.pk, LOW), [])) for one in people
    }


def _wishes(habits: Habits | None, high: Sequence[Way], low: Sequence[Way]) -> Wishes:
    if habits is None:
        return Wishes(high=tuple(high), low=tuple(low))
    quiet = tuple(
        Quiet(frozenset(DAYS.index(day) for day in one["days"]), _time(one["from"]), _time(one["to"]))
        for one in habits.quiet
    )
    return Wishes(ZoneInfo(habits.zone), tuple(high), tuple(low), quiet)


def plan_for(
    wishes: Wishes, channels: Sequence[Channel], *, urgency: str, now: datetime
) -> list[tuple[Channel, Planned]]:
    """The messages of one page to one person over their verified channels."""
    by_uid = {channel.uid: channel for channel in channels}
    return [(by_uid[one.channel], one) for one in planned(wishes, list(by_uid), urgency=urgency, now=now)]


def show_wishes(caller: Caller, *, email: str = "", now: datetime) -> WishesView:
    """The caller's wishes, or for an administrator somebody else's."""
    return _view(person_of(caller, email), now=now)


def _view(person: Person, *, now: datetime) -> WishesView:
    wishes = wishes_of([person])[person.pk]
    channels = {row.uid: row for row in Channel.objects.filter(person=person, removed_at=None)}
    habits = Habits.objects.filter(person=person).first()

    def ways(urgency: str) -> tuple[WayView, ...]:
        return tuple(
            WayView(way.channel, row.kind, row.shown, row.verified_at is not None, way.after)
            for way in wishes.ways(urgency)
            if (row := channels.get(way.channel)) is not None
        )

    quiet = tuple(
        QuietView(tuple(DAYS[day] for day in sorted(one.days)), f"{one.start:%H:%M}", f"{one.end:%H:%M}")
        for one in wishes.quiet
    )
    until = quiet_until(wishes, now)
    version = habits.version if habits else 0
    return WishesView(person.name, wishes.zone.key, ways(HIGH), ways(LOW), quiet, until, version)


def set_wishes(
    caller: Caller,
    *,
    email: str = "",
    zone: str,
    high: Sequence[Mapping[str, Any]],
    low: Sequence[Mapping[str, Any]],
    quiet: Sequence[Mapping[str, Any]],
    now: datetime,
) -> WishesView:
    """Write a person's wishes whole. `high` and `low` hold {channel, after}, `quiet` holds {days, from, to}.

    Raises:
        Invalid: naming the field.
    """
    person = person_of(caller, email)
    _checked_zone(zone)
    hours = _checked_quiet(quiet)
    own = {row.uid: row for row in Channel.objects.filter(person=person, removed_at=None)}
    ways = {HIGH: _checked_ways(high, own, HIGH), LOW: _checked_ways(low, own, LOW)}
    with unit(caller, now=now) as writing:
        habits = Habits.objects.filter(person=person).first() or Habits(person=person, version=0, changed_at=now)
        habits.zone, habits.quiet, habits.changed_at = zone, hours, now
        habits.version += 1
        habits.save()
        Method.objects.filter(person=person).delete()
        Method.objects.bulk_create(
            Method(person=person, urgency=urgency, turn=turn, channel=own[way.channel], after_seconds=way.after)
            for urgency in URGENCIES
            for turn, way in enumerate(ways[urgency])
        )
        data = {"zone": zone, "quiet": hours, "high": len(ways[HIGH]), "low": len(ways[LOW])}
        writing.record("notifications.changed", person.uid, data=data)
    return _view(person, now=now)


def _checked_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        raise Invalid(
            f"{zone[:64]!r} is no time zone.", remedy="Write one like Europe/Stockholm.", place=Place(field="zone")
        ) from None


def _checked_ways(given: Sequence[Mapping[str, Any]], own: Mapping[str, Channel], urgency: str) -> tuple[Way, ...]:
    place = Place(field=urgency)
    if len(given) > MOST:
        raise Invalid(f"At most {MOST} methods.", place=place)
    ways = tuple(Way(str(one["channel"]), int(one["after"])) for one in given)
    for way in ways:
        if way.channel not in own:
            raise Invalid(
                f"{way.channel[:40]!r} is no channel of this person.", remedy="`roadbed me channel list` shows them.",
                place=place,
            )  # fmt: skip
        if not 0 <= way.after <= LONGEST:
            raise Invalid(f"{way.after} s is not between 0 and {LONGEST}.", place=place)
    return tuple(sorted(ways, key=lambda way: way.after))


def _checked_quiet(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    place = Place(field="quiet")
    if len(given) > QUIET_MOST:
        raise Invalid(f"At most {QUIET_MOST} quiet hours.", place=place)
    hours = []
    for one in given:
        days = [str(day).lower()[:3] for day in one["days"]]
        unknown = [day for day in days if day not in DAYS]
        if unknown or not days:
            raise Invalid(
                f"{unknown[0]!r} is no day." if unknown else "Quiet hours need a day.",
                remedy=f"Days are {', '.join(DAYS)}.",
                place=place,
            )
        times = {}
        for name in ("from", "to"):
            try:
                times[name] = f"{_time(str(one[name])):%H:%M}"
            except ValueError:
                raise Invalid(
                    f"{str(one[name])[:20]!r} is no time.", remedy="Write it like 22:00.", place=place
                ) from None
        hours.append({"days": sorted(set(days), key=DAYS.index), **times})
    return hours


def _time(text: str) -> time:
    return time.fromisoformat(text)
