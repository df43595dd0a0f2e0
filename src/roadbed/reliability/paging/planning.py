"""What decides who is on call in a team: its schedule or its rotation, with the covers and the leave of the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Lower

from roadbed.ground.people.models import Person
from roadbed.reliability.paging.models import Cover, Leave, Rotation, Schedule
from roadbed.reliability.paging.rules.schedules import values
from roadbed.reliability.paging.rules.schedules.reading import read
from roadbed.reliability.paging.rules.schedules.renaming import renamed

WEEKLY, BY_FILE = "weekly", "schedule"
WEEKLY_LAYER: Final = "rotation"
_LOOKED_BACK: Final = timedelta(days=400)
_EVER: Final = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Plan:
    """A team's schedule with people by uid, and where it comes from.

    Attributes:
        kind: WEEKLY for a rotation, BY_FILE for a schedule.
        gone: people whom it names and who are nobody any more.
    """

    team_uid: str
    kind: str
    schedule: values.Schedule
    step_seconds: int
    version: int
    changed_at: datetime
    gone: frozenset[str]


def plan_of(team_uid: str, *, now: datetime) -> Plan | None:
    """A team's plan; None where everybody in it is paged."""
    return plans((team_uid,), now=now).get(team_uid)


def plans(team_uids: Iterable[str] | None = None, *, now: datetime) -> dict[str, Plan]:
    """The plans of teams by uid, of all where none are named; teams without one are left out."""
    schedules, rotations = Schedule.objects.select_related("team"), Rotation.objects.select_related("team")
    if team_uids is not None:
        wanted = list(team_uids)
        schedules, rotations = schedules.filter(team__uid__in=wanted), rotations.filter(team__uid__in=wanted)
    found = {row.team.uid: _weekly(row) for row in rotations}
    found |= {row.team.uid: _by_file(row) for row in schedules}
    return _with_the_time(found, now) if found else {}


@lru_cache(maxsize=512)
def _read(document: str) -> values.Schedule:
    return read(document, "schedule")


def _weekly(row: Rotation) -> Plan:
    layer = values.Layer(
        name=WEEKLY_LAYER,
        people=tuple(row.people),
        zone=ZoneInfo(row.zone),
        starts=datetime.combine(row.anchor, row.at),
        next_when_away=True,
    )
    schedule = values.Schedule(row.team.name, ZoneInfo(row.zone), (layer,) if row.people else ())
    return Plan(row.team.uid, WEEKLY, schedule, row.step_seconds, row.version, row.changed_at, frozenset())


def _by_file(row: Schedule) -> Plan:
    schedule = replace(_read(row.document), name=row.team.name)
    return Plan(row.team.uid, BY_FILE, schedule, row.step_seconds, row.version, row.changed_at, frozenset())


def _with_the_time(found: dict[str, Plan], now: datetime) -> dict[str, Plan]:
    """Emails become uids; covers, swaps and leave are added; who may not sign in any more is away for good."""
    named = {name for plan in found.values() for name in plan.schedule.people}
    people = Person.objects.annotate(address=Lower("email")).filter(is_active=True)
    known = dict(
        people.filter(Q(uid__in=named) | Q(address__in={name.lower() for name in named})).values_list("address", "uid")
    )
    active = set(known.values())
    covers, second, swaps = _covers(found, now)
    leave = [
        values.Away(row.person.uid, row.starts_at, row.ends_at, row.why)
        for row in Leave.objects.filter(removed_at=None, ends_at__gt=now - _LOOKED_BACK).select_related("person")
    ]
    result = {}
    for uid, plan in found.items():
        schedule = renamed(plan.schedule, known)
        gone = frozenset(person for person in schedule.people if person not in active)
        result[uid] = replace(
            plan,
            gone=gone,
            schedule=replace(
                schedule,
                covers=(*schedule.covers, *covers[uid]),
                # Where nobody stands by, nobody stands in for them either.
                second_covers=tuple(second[uid]) if schedule.second else (),
                swaps=(*schedule.swaps, *swaps[uid]),
                away=(*schedule.away, *leave, *(values.Away(one, *_EVER, "left") for one in gone)),
            ),
        )
    return result


def _covers(
    found: dict[str, Plan], now: datetime
) -> tuple[dict[str, list[values.Cover]], dict[str, list[values.Cover]], dict[str, list[values.Swap]]]:
    """Overrides by team: of who is on call, of who stands by, and swaps."""
    covers: dict[str, list[values.Cover]] = defaultdict(list)
    second: dict[str, list[values.Cover]] = defaultdict(list)
    swaps: dict[str, list[values.Swap]] = defaultdict(list)
    rows = Cover.objects.filter(removed_at=None, ends_at__gt=now - _LOOKED_BACK, team__uid__in=list(found))
    for row in rows.select_related("team", "person", "other").order_by("pk"):
        if row.other is not None:
            swaps[row.team.uid].append(values.Swap(row.person.uid, row.other.uid, row.starts_at, row.ends_at))
        elif row.person.is_active:
            made = values.Cover(row.person.uid, row.starts_at, row.ends_at)
            (second if row.standby else covers)[row.team.uid].append(made)
    return covers, second, swaps
