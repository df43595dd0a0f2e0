"""Reading schedules: the shifts of a team, the gaps of the coming hours, covers and leave, a person's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.reliability.paging.models import Channel, Cover, Leave, Schedule
from roadbed.reliability.paging.planning import Plan, plan_of, plans
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.schedules.calendars import calendar_of
from roadbed.reliability.paging.rules.schedules.covering import AHEAD, UNANSWERED, gaps
from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import Hole, Slot
from roadbed.reliability.paging.swaps.models import ShiftRequest

CALENDAR_AHEAD: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A stretch of time with who is on call in it: nobody has no uid, no name and no layer."""

    start: datetime
    end: datetime
    person_uid: str | None
    person: str | None
    layer: str | None


@dataclass(frozen=True, slots=True)
class GapView:
    """Something to close: what the rule found, in whose team, from when until when."""

    team: str
    rule: str
    start: datetime
    end: datetime
    person: str
    layer: str
    why: str


@dataclass(frozen=True, slots=True)
class CoverView:
    """A cover, or with `swap_with` a swap."""

    uid: str
    team: str
    person: str
    swap_with: str
    starts_at: datetime
    ends_at: datetime
    calendar: str
    made_by: str
    standby: bool = False


@dataclass(frozen=True, slots=True)
class LeaveView:
    """Somebody who is away."""

    uid: str
    person: str
    email: str
    why: str
    starts_at: datetime
    ends_at: datetime
    calendar: str


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A team's schedule as it was written; a team with a rotation, or with neither, has no document."""

    team: str
    kind: str
    document: str
    zone: str
    layers: tuple[str, ...]
    step_seconds: int
    version: int


@dataclass(frozen=True, slots=True)
class Board:
    """A span of a team's time, row by row: who is paged, who stands by, each layer, who is missing where."""

    shifts: tuple[ShiftView, ...]
    second: tuple[ShiftView, ...]
    layers: Mapping[str, tuple[ShiftView, ...]]
    holes: tuple[ShiftView, ...]
    away: tuple[LeaveView, ...]
    zone: str


def schedule(team: str, *, now: datetime) -> ScheduleView:
    """What decides who is on call in a team."""
    found = team_named(team)
    plan = plan_of(found.uid, now=now)
    row = Schedule.objects.filter(team__uid=found.uid).first()
    return ScheduleView(
        team=found.name,
        kind=plan.kind if plan else "",
        document=row.document if row else "",
        zone=plan.schedule.zone.key if plan else "",
        layers=tuple(layer.name for layer in plan.schedule.layers) if plan else (),
        step_seconds=plan.step_seconds if plan else 0,
        version=plan.version if plan else 0,
    )


def shifts(team: str, *, start: datetime, end: datetime, now: datetime, standby: bool = False) -> tuple[ShiftView, ...]:
    """Who is on call in a span, or with `standby` who stands by; an exact partition of it, none where nobody does.

    Raises:
        NotFound: for an unknown team, or one whose people take no turns.
    """
    found = board(team, start=start, end=end, now=now)
    return found.second if standby else found.shifts


def board(team: str, *, start: datetime, end: datetime, now: datetime) -> Board:
    """A span of a team's time with everything that decided it."""
    plan = _plan(team, now)
    found = render(plan.schedule, start, end)
    names = _names(plan.schedule.people)
    standing = plan.schedule.standing_by
    return Board(
        shifts=_views(found.slots, names),
        second=_views(render(standing, start, end).slots, names) if standing else (),
        layers={name: _views(slots, names) for name, slots in found.layers.items()},
        holes=tuple(_hole(one, names) for one in found.holes),
        away=tuple(
            LeaveView("", names.get(one.person, one.person), "", one.why, one.start, one.end, "")
            for one in plan.schedule.away
            if one.person not in plan.gone and one.start < end and one.end > start and one.person in names
        ),
        zone=plan.schedule.zone.key,
    )


def gaps_ahead(team: str = "", *, now: datetime, ahead: timedelta = AHEAD) -> tuple[GapView, ...]:
    """What to close in the coming hours, in one team or in all that take turns, the earliest first."""
    only = (team_named(team).uid,) if team else None
    teams = {one.uid: one.name for one in people.teams()}
    reachable = frozenset(
        Channel.objects.filter(removed_at=None, person__is_active=True)
        .exclude(verified_at=None)
        .values_list("person__uid", flat=True)
    )
    found: list[GapView] = []
    for uid, plan in plans(only, now=now).items():
        if uid not in teams or not plan.schedule.layers:
            continue
        told = gaps(plan.schedule, now, ahead=ahead, reachable=reachable)
        names = _names(gap.person for gap in told if gap.person)
        found += [
            GapView(teams[uid], gap.rule, gap.start, gap.end, names.get(gap.person, gap.person), gap.layer, gap.why)
            for gap in told
        ]
    found += _unanswered(only, now=now, ahead=ahead)
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.team)))


def _unanswered(only: tuple[str, ...] | None, *, now: datetime, ahead: timedelta) -> list[GapView]:
    """Shifts that somebody wants to give away and nobody has taken: they stay theirs if nobody does."""
    rows = ShiftRequest.objects.filter(state=ShiftRequest.OPEN, starts_at__gt=now, starts_at__lt=now + ahead)
    if only is not None:
        rows = rows.filter(team__uid__in=only)
    return [
        GapView(
            row.team.name, UNANSWERED, row.starts_at, row.ends_at, row.asker.name, "",
            f"asks {row.asked.name if row.asked else 'anyone'} to take it; nobody has answered",
        )
        for row in rows.select_related("team", "asker", "asked")
    ]  # fmt: skip


def zone_of_team(team: str, *, now: datetime) -> ZoneInfo:
    """The zone of a team's schedule; UTC where it has none."""
    plan = plan_of(team_named(team).uid, now=now)
    return plan.schedule.zone if plan else ZoneInfo("UTC")


def covers(team: str, *, now: datetime) -> tuple[CoverView, ...]:
    """A team's covers and swaps that are not over, the next first."""
    rows = Cover.objects.filter(team__uid=team_named(team).uid, removed_at=None, ends_at__gt=now)
    return tuple(
        CoverView(
            row.uid, row.team.name, row.person.name, row.other.name if row.other else "", row.starts_at, row.ends_at,
            row.calendar, row.made_by, row.standby,
        )
        for row in rows.select_related("team", "person", "other").order_by("starts_at", "pk")
    )  # fmt: skip


def leave(*, now: datetime, person_uid: str = "") -> tuple[LeaveView, ...]:
    """Who is or will be away, the next first; of one person where one is named."""
    rows = Leave.objects.filter(removed_at=None, ends_at__gt=now)
    if person_uid:
        rows = rows.filter(person__uid=person_uid)
    return tuple(
        LeaveView(row.uid, row.person.name, row.person.email, row.why, row.starts_at, row.ends_at, row.calendar)
        for row in rows.select_related("person").order_by("starts_at", "pk")
    )


def calendar_of_person(person_uid: str, *, now: datetime) -> bytes:
    """A person's shifts in all teams as iCal, from a week ago to 90 days ahead."""
    person = Person.objects.filter(uid=person_uid, is_active=True).first()
    if person is None:
        raise NotFound("Nobody has this calendar any more.", remedy="Take a new link from the page On-call.")
    teams = {one.uid: one.name for one in people.teams()}
    mine: list[Slot] = []
    for uid, plan in plans(None, now=now).items():
        if uid in teams and person_uid in plan.schedule.people:
            for schedule, does in ((plan.schedule, ""), (plan.schedule.standing_by, "stands by, ")):
                slots = render(schedule, now - timedelta(days=7), now + CALENDAR_AHEAD).slots if schedule else ()
                mine += [
                    Slot(slot.start, slot.end, person.name, f"{teams[uid]}, {does}{slot.layer}")
                    for slot in slots
                    if slot.person == person_uid
                ]
    return calendar_of(sorted(mine, key=lambda slot: slot.start), name="Roadbed", now=now)


def _plan(team: str, now: datetime) -> Plan:
    found = team_named(team)
    plan = plan_of(found.uid, now=now)
    if plan is None:
        raise NotFound(
            f"{found.name} has neither a schedule nor a rotation; everybody in it is paged.",
            remedy=f"`roadbed oncall apply {found.name} FILE` gives it one.",
            place=Place(field="team"),
        )
    return plan


def _names(uids: Iterable[str]) -> dict[str, str]:
    return dict(Person.objects.filter(uid__in=set(uids)).values_list("uid", "name"))


def _views(slots: Iterable[Slot], names: Mapping[str, str]) -> tuple[ShiftView, ...]:
    return tuple(
        ShiftView(slot.start, slot.end, slot.person, names.get(slot.person or "", slot.person), slot.layer)
        for slot in slots
    )


def _hole(hole: Hole, names: Mapping[str, str]) -> ShiftView:
    return ShiftView(hole.start, hole.end, None, names.get(hole.person, hole.person), hole.layer)
