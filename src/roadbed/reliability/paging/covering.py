"""What is different for a while: covers and swaps of shifts, and people's leave, by hand or from a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller, authorise
from roadbed.reliability.paging.load.serving import keep, keep_of_person
from roadbed.reliability.paging.models import Cover, Leave
from roadbed.reliability.paging.planning import Plan, plan_of
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.schedules.calendars import Event, events_of, person_of
from roadbed.reliability.paging.rules.schedules.values import Schedule

LONGEST: Final = timedelta(days=366)
LEAVE, OVERRIDES = "leave", "overrides"
KINDS: Final = (LEAVE, OVERRIDES)
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a calendar came to: events that were taken, and the summaries of those that name nobody."""

    taken: int
    passed_over: tuple[str, ...]


def cover(
    caller: Caller,
    team: str,
    *,
    person: str,
    starts_at: datetime,
    ends_at: datetime,
    swap_with: str = "",
    standby: bool = False,
    now: datetime,
) -> str:
    """Let somebody take a team's shifts for a while; with `swap_with` the two take one another's. Answers its uid.

    With `standby` it is the shifts of whoever stands by.

    Raises:
        Invalid: when it is over, longer than a year, or between a person and themselves; when nobody stands by.
        NotFound: for an unknown team, or somebody who is not in it.
    """
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    checked_span(starts_at, ends_at, now)
    first = member_of(found, person, "person")
    other = member_of(found, swap_with, "swap_with") if swap_with else None
    if other is not None and other.pk == first.pk:
        raise Invalid("A swap is between two people.", remedy="Name somebody else.", place=Place(field="swap_with"))
    if standby:
        _standby(found, swap_with, now)
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        held = Team.objects.get(uid=found.uid)
        return write_cover(
            writing, held, first, other=other, starts_at=starts_at, ends_at=ends_at, standby=standby,
            made_by=caller.name,
        )  # fmt: skip


def _standby(team: TeamView, swap_with: str, now: datetime) -> None:
    if swap_with:
        raise Invalid(
            "Time of standing by is traded by a request.",
            remedy=f"`roadbed oncall ask {team.name} --second` with --of, --for-from and --for-to.",
            place=Place(field="swap_with"),
        )
    standing_by(team, plan_of(team.uid, now=now))


def standing_by(team: TeamView, plan: Plan | None) -> Schedule:
    """The schedule of whoever stands by in a team. Raises Invalid where nobody does."""
    found = plan.schedule.standing_by if plan else None
    if found is None:
        raise Invalid(
            f"Nobody stands by in {team.name}.", remedy="Write layers under `second` in its schedule.",
            place=Place(field="standby"),
        )  # fmt: skip
    return found


def write_cover(
    writing: Unit,
    team: Team,
    person: Person,
    *,
    other: Person | None = None,
    starts_at: datetime,
    ends_at: datetime,
    standby: bool = False,
    made_by: str,
    request: str = "",
) -> str:
    """Write an override in the open transaction, whose caller kept the past; answers its uid."""
    row = Cover.objects.create(
        team=team, person=person, other=other, starts_at=starts_at, ends_at=ends_at, standby=standby,
        made_by=made_by[:160], made_at=writing.now,
    )  # fmt: skip
    data = {
        "team": team.name, "cover": row.uid, "person": person.name, "swap_with": other.name if other else "",
        "from": starts_at.isoformat(), "to": ends_at.isoformat(), **({"request": request} if request else {}),
        **({"standby": True} if standby else {}),
    }  # fmt: skip
    writing.record("shift.covered", team.uid, data=data)
    return row.uid


def end_cover(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take a cover or a swap back. Doing it again changes nothing."""
    row = Cover.objects.select_related("team", "person").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no cover {uid[:40]}.", remedy="`roadbed oncall covers TEAM` shows them.")
    authorise(caller, "rotation.write", team=row.team.name)
    with unit(caller, now=now) as writing:
        keep((row.team.uid,), now=now)
        if Cover.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now):
            data = {"team": row.team.name, "cover": row.uid, "person": row.person.name, "removed": True}
            writing.record("shift.covered", row.team.uid, data=data)


def take_leave(
    caller: Caller, *, starts_at: datetime, ends_at: datetime, why: str = "leave", email: str = "", now: datetime
) -> str:
    """Say that somebody is away: the caller, or for an admin whoever has that address. Answers its uid."""
    authorise(caller, "leave.write")
    person = _person(caller, email)
    checked_span(starts_at, ends_at, now)
    said = " ".join(why.split())[:200] or "leave"
    with unit(caller, now=now) as writing:
        keep_of_person(person.uid, now=now)
        row = Leave.objects.create(
            person=person, starts_at=starts_at, ends_at=ends_at, why=said, made_by=caller.name[:160], made_at=now
        )
        # Why somebody is away is theirs and their team's; the ledger, which never forgets, is told only that they are.
        data = {"leave": row.uid, "person": person.name, "from": starts_at.isoformat(), "to": ends_at.isoformat()}
        writing.record("leave.changed", person.uid, data=data)
    return row.uid


def end_leave(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take a leave back. Doing it again changes nothing."""
    authorise(caller, "leave.write")
    row = Leave.objects.select_related("person").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no leave {uid[:40]}.", remedy="`roadbed oncall leave list` shows them.")
    _own(caller, row.person)
    with unit(caller, now=now) as writing:
        keep_of_person(row.person.uid, now=now)
        if Leave.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now):
            data = {"leave": row.uid, "person": row.person.name, "removed": True}
            writing.record("leave.changed", row.person.uid, data=data)


def take_calendar(caller: Caller, team: str, *, kind: str, text: str, name: str, now: datetime) -> Imported:
    """Read a calendar's coming events as a team's leave or overrides; what it said before under that name goes.

    Raises:
        Invalid: when it is no calendar.
    """
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    if kind not in KINDS:
        raise Invalid(f"{kind[:40]!r} is not possible.", remedy="leave or overrides.", place=Place(field="kind"))
    said = " ".join(name.split())[:100] or "calendar.ics"
    plan = plan_of(found.uid, now=now)
    zone = plan.schedule.zone if plan else ZoneInfo("UTC")
    events = events_of(text, now, now + _AHEAD, zone=zone, file=said)
    members = {member.email: member.uid for member in found.members} | {one.name: one.uid for one in found.members}
    named = [(person_of(event.summary, members), event) for event in events]
    taken = [(members[who], event) for who, event in named if who is not None]
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        _replaced(found, kind, said, taken, caller=caller, now=now)
        data = {"team": found.name, "calendar": said, "kind": kind, "events": len(taken)}
        writing.record("leave.changed" if kind == LEAVE else "shift.covered", found.uid, data=data)
    return Imported(len(taken), tuple(dict.fromkeys(event.summary[:200] for who, event in named if who is None)))


def _replaced(
    team: TeamView, kind: str, calendar: str, taken: Iterable[tuple[str, Event]], *, caller: Caller, now: datetime
) -> None:
    people = {row.uid: row for row in Person.objects.filter(uid__in=[member.uid for member in team.members])}
    row = Team.objects.get(uid=team.uid)
    made = {"calendar": f"{team.name}:{calendar}"[:100], "made_by": caller.name[:160], "made_at": now}
    if kind == LEAVE:
        Leave.objects.filter(calendar=made["calendar"], removed_at=None).update(removed_at=now)
        Leave.objects.bulk_create(
            Leave(person=people[uid], starts_at=event.start, ends_at=event.end, why="leave", **made)
            for uid, event in taken
        )
    else:
        Cover.objects.filter(calendar=made["calendar"], removed_at=None).update(removed_at=now)
        Cover.objects.bulk_create(
            Cover(team=row, person=people[uid], starts_at=event.start, ends_at=event.end, **made)
            for uid, event in taken
        )


def checked_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a span that is over, empty, or longer than a year."""
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Invalid(
            "It ends before it begins, or lasts longer than a year.", remedy="Give an end within a year of its start.",
            place=Place(field="to"),
        )  # fmt: skip
    if ends_at <= now:
        raise Invalid(
            f"It is over since {ends_at.isoformat()}.", remedy="Give an end that is still to come.",
            place=Place(field="to"),
        )  # fmt: skip


def member_of(team: TeamView, email: str, field: str) -> Person:
    """Somebody of a team by their address. Raises NotFound."""
    uid = next((member.uid for member in team.members if member.email.lower() == email.strip().lower()), "")
    person = Person.objects.filter(uid=uid, is_active=True).first()
    if person is None:
        raise NotFound(
            f"{email[:254]} is not in {team.name}.",
            remedy=f"`roadbed team add-member {team.name} EMAIL` puts somebody there.",
            place=Place(field=field),
        )
    return person


def _person(caller: Caller, email: str) -> Person:
    chosen = {"email__iexact": email} if email else {"uid": caller.uid}
    person = Person.objects.filter(**chosen, is_active=True).first()
    if person is None:
        raise NotFound(
            f"Nobody has the address {email[:254]}." if email else f"{caller.name} is nobody who can be away.",
            remedy="Name somebody by their e-mail address.",
            place=Place(field="person"),
        )
    _own(caller, person)
    return person


def _own(caller: Caller, person: Person) -> None:
    if person.uid != caller.uid and caller.role not in (ADMIN, SYSTEM):
        raise Forbidden(
            f"The leave of {person.name} is theirs to say.", remedy=f"Ask {person.name} or an admin to write it."
        )
