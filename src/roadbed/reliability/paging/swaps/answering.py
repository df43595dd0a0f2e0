"""Accepting and declining a request for a shift: only what is accepted becomes an override."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from roadbed.ground.errors import Conflict, Forbidden, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.paging.covering import write_cover
from roadbed.reliability.paging.load.serving import keep
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.schedules.asking import away_in, everybody_declined
from roadbed.reliability.paging.swaps import telling
from roadbed.reliability.paging.swaps.asking import (
    VERB,
    closed,
    has_all_of,
    person_of,
    request_of,
    require_plan,
    said,
    timetable,
)
from roadbed.reliability.paging.swaps.models import ShiftRequest


def accept(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take the time that is asked for; in a trade the asker takes the other's. It holds from now on.

    Raises:
        Conflict: when it was answered, has begun, is not theirs any more, or the caller is away then.
        Forbidden: unless it is asked of the caller.
    """
    row = request_of(uid)
    taker = _asked(caller, row)
    with unit(caller, now=now) as writing:
        # Two answers, or an answer and a new schedule, one after the other.
        Team.objects.select_for_update().get(pk=row.team.pk)
        _open(row, now=now)
        team = team_named(row.team.name)
        schedule = timetable(team, require_plan(team, now=now), standby=row.standby)
        has_all_of(schedule, row.asker, row.starts_at, row.ends_at, "from", standby=row.standby)
        if (gone := away_in(schedule.away, taker.uid, row.starts_at, row.ends_at)) is not None:
            raise Conflict(f"You are away then: {gone.why}.", remedy="Take the leave back, or decline.")
        trades = [(taker, row.starts_at, row.ends_at)]
        if row.back_starts_at is not None and row.back_ends_at is not None:
            has_all_of(schedule, taker, row.back_starts_at, row.back_ends_at, "back_from", standby=row.standby)
            if away_in(schedule.away, row.asker.uid, row.back_starts_at, row.back_ends_at) is not None:
                raise Conflict(f"{row.asker.name} is away in the time that they would take.", remedy="Ask them.")
            trades.append((row.asker, row.back_starts_at, row.back_ends_at))
        if not closed(row, ShiftRequest.ACCEPTED, now=now, taken_by=taker):
            raise _over(row)
        keep((row.team.uid,), now=now)
        for person, start, end in trades:
            write_cover(
                writing, row.team, person, starts_at=start, ends_at=end, standby=row.standby, made_by=caller.name,
                request=row.uid,
            )  # fmt: skip
        writing.record("shift.request.closed", row.team.uid, data=said(row))
        telling.told(telling.ACCEPTED, row, [row.asker], now=now)


def decline(caller: Caller, uid: str, *, now: datetime) -> None:
    """Say no. It is over when whom it was asked of says so, or everybody of the team does."""
    row = request_of(uid)
    person = _asked(caller, row)
    with unit(caller, now=now) as writing:
        Team.objects.select_for_update().get(pk=row.team.pk)
        _open(row, now=now)
        row.declined_by = sorted({*row.declined_by, person.uid})
        ShiftRequest.objects.filter(pk=row.pk, state=ShiftRequest.OPEN).update(declined_by=row.declined_by)
        members = [member.uid for member in team_named(row.team.name).members]
        if row.asked is None and not everybody_declined(members, row.asker.uid, row.declined_by):
            return
        if closed(row, ShiftRequest.DECLINED, now=now):
            writing.record("shift.request.closed", row.team.uid, data=said(row))
            telling.told(telling.DECLINED, row, [row.asker], now=now)


def accept_by_link(row: ShiftRequest, person: Person, *, now: datetime) -> None:
    """Accept behind the link that somebody got; the link is the proof."""
    accept(caller_of_person(person), row.uid, now=now)


def decline_by_link(row: ShiftRequest, person: Person, *, now: datetime) -> None:
    """Decline alike."""
    decline(caller_of_person(person), row.uid, now=now)


def begun(now: datetime) -> QuerySet[ShiftRequest]:
    """Requests whose time has come without an answer."""
    return ShiftRequest.objects.filter(state=ShiftRequest.OPEN, starts_at__lte=now)


def expire(*, now: datetime) -> int:
    """End what nobody answered before it began: the shift stays where it was, and who asked is told."""
    ended = 0
    rows = begun(now)
    for row in rows.select_related("team", "asker", "asked"):
        with unit(ROADBED, now=now) as writing:
            if closed(row, ShiftRequest.EXPIRED, now=now):
                writing.record("shift.request.closed", row.team.uid, data=said(row))
                telling.told(telling.EXPIRED, row, [row.asker], now=now)
                ended += 1
    return ended


def _asked(caller: Caller, row: ShiftRequest) -> Person:
    authorise(caller, VERB, team=row.team.name)
    person = person_of(caller)
    members = {member.uid for member in team_named(row.team.name).members}
    whom = row.asked.uid if row.asked else ""
    if person.uid == row.asker.uid or person.uid not in members or whom not in ("", person.uid):
        name = row.asked.name if row.asked else f"the others of {row.team.name}"
        raise Forbidden(f"This is asked of {name}.", remedy="Somebody else has to answer it.")
    return person


def _open(row: ShiftRequest, *, now: datetime) -> None:
    row.refresh_from_db(fields=["state", "declined_by", "taken_by"])
    if row.state != ShiftRequest.OPEN:
        raise _over(row)
    if row.starts_at <= now:
        raise Conflict("The shift has begun, so the request is over.", remedy="`roadbed oncall cover` covers the rest.")


def _over(row: ShiftRequest) -> Conflict:
    taken = ShiftRequest.objects.filter(pk=row.pk).values_list("taken_by__name", flat=True).first()
    what = f"{taken} has accepted it" if taken else f"It is {row.state}"
    return Conflict(f"{what} already.", remedy="There is nothing to do.", place=Place(field="request"))
