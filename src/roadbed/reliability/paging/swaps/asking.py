"""Asking others to take time on call, and taking such a request back. Nothing changes hands by it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller, authorise
from roadbed.reliability.paging.covering import checked_span, member_of, standing_by
from roadbed.reliability.paging.planning import Plan, plan_of
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.schedules.asking import not_theirs
from roadbed.reliability.paging.rules.schedules.values import Schedule
from roadbed.reliability.paging.swaps import telling
from roadbed.reliability.paging.swaps.models import ShiftRequest

VERB: Final = "rotation.write"
MOST: Final = 20
"""Requests of one person that are open at once."""


def ask(
    caller: Caller,
    team: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    to: str = "",
    back: tuple[datetime, datetime] | None = None,
    standby: bool = False,
    note: str = "",
    now: datetime,
) -> str:
    """Ask somebody, or anyone of the team, to take time of the caller's; answers the request's uid.

    Args:
        caller: who is on call in that time, or with `standby` stands by.
        team: whose schedule it is.
        starts_at: when it begins; it has to be still to come, since the request ends then.
        ends_at: when it ends.
        to: e-mail address of whom it is asked; empty for anyone of the team.
        back: time of theirs that the caller takes in exchange; only with `to`.
        standby: whether it is time of standing by; in a trade both are.
        note: why, in few words.
        now: the instant.

    Raises:
        Invalid: naming the field: not to come, not the caller's time, a trade with nobody, not the other's time.
        NotFound: for an unknown team, or somebody who is not in it.
        Conflict: when the same is asked already.
    """
    found = team_named(team)
    authorise(caller, VERB, team=found.name)
    asker = person_of(caller)
    _to_come(starts_at, ends_at, "from", now)
    asked = member_of(found, to, "to") if to.strip() else None
    if asked is not None and asked.pk == asker.pk:
        raise Invalid("Nobody asks themselves.", remedy="Name somebody else, or nobody.", place=Place(field="to"))
    if back is not None and asked is None:
        raise Invalid("A trade is with one person.", remedy="Say whose time you take.", place=Place(field="to"))
    schedule = timetable(found, require_plan(found, now=now), standby=standby)
    has_all_of(schedule, asker, starts_at, ends_at, "from", standby=standby)
    if back is not None and asked is not None:
        _to_come(*back, "back_from", now)
        has_all_of(schedule, asked, *back, "back_from", standby=standby)
    with unit(caller, now=now) as writing:
        held = ShiftRequest.objects.filter(asker=asker, state=ShiftRequest.OPEN)
        if held.count() >= MOST:
            raise Conflict(f"{MOST} requests of yours are open.", remedy="Withdraw some first.")
        try:
            with transaction.atomic():
                row = ShiftRequest.objects.create(
                    team=Team.objects.get(uid=found.uid), asker=asker, asked=asked, starts_at=starts_at,
                    ends_at=ends_at, back_starts_at=back[0] if back else None, back_ends_at=back[1] if back else None,
                    standby=standby, note=" ".join(note.replace("\x00", "").split())[:200], made_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Conflict(
                "You ask for this time already.", remedy="`roadbed oncall requests` shows it; withdraw it first."
            ) from None
        writing.record("shift.requested", found.uid, data=said(row))
        telling.told(telling.ASKED, row, _whom(found, asker, asked), now=now)
    return row.uid


def withdraw(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take a request back, as who made it or an admin. Doing it again changes nothing."""
    row = request_of(uid)
    authorise(caller, VERB, team=row.team.name)
    if caller.uid != row.asker.uid and caller.role not in (ADMIN, SYSTEM):
        raise Forbidden(f"{row.asker.name} asked for this.", remedy="`roadbed oncall decline` says no to it.")
    with unit(caller, now=now) as writing:
        if closed(row, ShiftRequest.WITHDRAWN, now=now):
            writing.record("shift.request.closed", row.team.uid, data=said(row))


def closed(row: ShiftRequest, state: str, *, now: datetime, taken_by: Person | None = None) -> bool:
    """Close a request by a conditional update: of several who answer at once one does."""
    rows = ShiftRequest.objects.filter(pk=row.pk, state=ShiftRequest.OPEN)
    if not rows.update(state=state, closed_at=now, taken_by=taken_by):
        return False
    row.state, row.closed_at, row.taken_by = state, now, taken_by
    return True


def request_of(uid: str) -> ShiftRequest:
    """A request by its uid. Raises NotFound."""
    rows = ShiftRequest.objects.select_related("team", "asker", "asked", "taken_by")
    row = rows.filter(uid=uid.replace("\x00", "")[:32]).first()
    if row is None:
        raise NotFound(f"There is no request {uid[:40]}.", remedy="`roadbed oncall requests` shows them.")
    return row


def said(row: ShiftRequest) -> dict[str, object]:
    """A request as facts tell of it."""
    return {
        "team": row.team.name, "request": row.uid, "person": row.asker.name, "state": row.state,
        "to": row.asked.name if row.asked else "", "taken_by": row.taken_by.name if row.taken_by else "",
        "from": row.starts_at.isoformat(), "until": row.ends_at.isoformat(),
        "standby": row.standby,
        "back_from": row.back_starts_at.isoformat() if row.back_starts_at else "",
        "back_until": row.back_ends_at.isoformat() if row.back_ends_at else "",
    }  # fmt: skip


def require_plan(team: TeamView, *, now: datetime) -> Plan:
    """What decides who is on call there. Raises Invalid where everybody is."""
    plan = plan_of(team.uid, now=now)
    if plan is None or not plan.schedule.layers:
        raise Invalid(
            f"{team.name} has no schedule; everybody in it is paged.",
            remedy=f"`roadbed oncall apply {team.name} FILE` gives it one.", place=Place(field="team"),
        )  # fmt: skip
    return plan


def timetable(team: TeamView, plan: Plan, *, standby: bool) -> Schedule:
    """The schedule of who is on call, or of who stands by. Raises Invalid where nobody does."""
    return standing_by(team, plan) if standby else plan.schedule


def has_all_of(
    schedule: Schedule, person: Person, start: datetime, end: datetime, field: str, *, standby: bool
) -> None:
    """Refuse a span in which another one has the time, or nobody, saying from when."""
    slot = not_theirs(schedule, person.uid, start, end)
    if slot is None:
        return
    name = Person.objects.filter(uid=slot.person or "").values_list("name", flat=True).first() or "nobody"
    zone, does = schedule.zone, "standing by" if standby else "on call"
    raise Invalid(
        f"{person.name} is not {does} in all of it: from {slot.start.astimezone(zone):%a %-d %b %H:%M} to "
        f"{slot.end.astimezone(zone):%a %-d %b %H:%M} ({zone.key}) {name} is.",
        remedy=f"`roadbed oncall shifts {schedule.name}{' --second' if standby else ''}` shows whose time is whose.",
        place=Place(field=field),
    )  # fmt: skip


def person_of(caller: Caller) -> Person:
    """Who the caller is. Raises Invalid for what is no person."""
    person = Person.objects.filter(uid=caller.uid, is_active=True).first()
    if person is None:
        raise Invalid(f"{caller.name} is nobody who could be on call.", remedy="Sign in as a person.")
    return person


def _whom(team: TeamView, asker: Person, asked: Person | None) -> list[Person]:
    if asked is not None:
        return [asked]
    others = [member.uid for member in team.members if member.uid != asker.uid]
    return list(Person.objects.filter(uid__in=others, is_active=True).order_by("pk"))


def _to_come(start: datetime, end: datetime, field: str, now: datetime) -> None:
    checked_span(start, end, now)
    if start <= now:
        raise Invalid(
            f"It has begun at {start.isoformat()}.", remedy="Ask for what is still to come.", place=Place(field=field)
        )
