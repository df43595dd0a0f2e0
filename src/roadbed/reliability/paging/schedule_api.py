"""Schedules over HTTP: written, rendered, looked through for gaps, covered, exchanged with calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.paging import schedule_schemas as schemas
from roadbed.reliability.paging import shifts, usecases
from roadbed.reliability.paging.calendars import feeding
from roadbed.reliability.paging.calendars.replacing import replace_link

router = Router(tags=["paging"])
SHOWN = timedelta(days=28)


@router.get("/teams/{name}/schedule", response=schemas.ScheduleOut, operation_id="show_schedule")
def show_schedule(request: HttpRequest, name: str) -> Any:
    """A team's schedule as it was written."""
    authorise(caller(request), "read")
    return shifts.schedule(name, now=timezone.now())


@router.put("/teams/{name}/schedule", response=schemas.ScheduleOut, operation_id="set_schedule")
def set_schedule(request: HttpRequest, name: str, body: schemas.ScheduleIn) -> Any:
    """Give a team a schedule, in the place of the rotation or the schedule that it has."""
    now = timezone.now()
    usecases.set_schedule(
        caller(request), name, document=body.document, file=body.file, step_seconds=body.step_seconds, now=now
    )
    return shifts.schedule(name, now=now)


@router.delete("/teams/{name}/schedule", response={204: None}, operation_id="end_schedule")
def end_schedule(request: HttpRequest, name: str) -> Status[None]:
    """Take a team's schedule away; everybody in it is paged then."""
    usecases.end_schedule(caller(request), name, now=timezone.now())
    return Status(204, None)


@router.get("/teams/{name}/shifts", response=list[schemas.ShiftOut], operation_id="list_shifts")
def list_shifts(request: HttpRequest, name: str, asked: Query[schemas.ShiftSpan]) -> Any:
    """Who is on call when: an exact partition of the span, in UTC."""
    authorise(caller(request), "read")
    now = timezone.now()
    start = asked.start or now.replace(microsecond=0)
    return list(shifts.shifts(name, start=start, end=asked.end or start + SHOWN, now=now, standby=asked.standby))


@router.get("/on-call/gaps", response=list[schemas.ShiftGapOut], operation_id="list_gaps")
def list_gaps(request: HttpRequest, asked: Query[schemas.GapAsked]) -> Any:
    """Shifts of all teams that are empty, on leave or unreachable in the coming hours."""
    authorise(caller(request), "read")
    return list(shifts.gaps_ahead(now=timezone.now(), ahead=timedelta(hours=asked.hours)))


@router.get("/teams/{name}/gaps", response=list[schemas.ShiftGapOut], operation_id="list_gaps_of_team")
def list_gaps_of_team(request: HttpRequest, name: str, asked: Query[schemas.GapAsked]) -> Any:
    """Shifts of one team that are empty, on leave or unreachable in the coming hours."""
    authorise(caller(request), "read")
    return list(shifts.gaps_ahead(name, now=timezone.now(), ahead=timedelta(hours=asked.hours)))


@router.get("/teams/{name}/covers", response=list[schemas.CoverOut], operation_id="list_covers")
def list_covers(request: HttpRequest, name: str) -> Any:
    """A team's covers and swaps that are not over."""
    authorise(caller(request), "read")
    return list(shifts.covers(name, now=timezone.now()))


@router.post("/teams/{name}/covers", response={201: schemas.Uid}, operation_id="cover_shift")
def cover_shift(request: HttpRequest, name: str, body: schemas.CoverIn) -> Any:
    """Let somebody take a team's shifts for a while, or two people exchange theirs."""
    uid = usecases.cover(
        caller(request),
        name,
        person=body.person,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        swap_with=body.swap_with,
        standby=body.standby,
        now=timezone.now(),
    )
    return Status(201, {"uid": uid})


@router.delete("/covers/{uid}", response={204: None}, operation_id="end_cover")
def end_cover(request: HttpRequest, uid: str) -> Status[None]:
    """Take a cover or a swap back."""
    usecases.end_cover(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.get("/leave", response=list[schemas.LeaveOut], operation_id="list_leave")
def list_leave(request: HttpRequest) -> Any:
    """Who is or will be away."""
    authorise(caller(request), "read")
    return list(shifts.leave(now=timezone.now()))


@router.post("/leave", response={201: schemas.Uid}, operation_id="take_leave")
def take_leave(request: HttpRequest, body: schemas.LeaveIn) -> Any:
    """Say that somebody is away; every schedule knows it then."""
    uid = usecases.take_leave(
        caller(request),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        why=body.why,
        email=body.email,
        now=timezone.now(),
    )
    return Status(201, {"uid": uid})


@router.delete("/leave/{uid}", response={204: None}, operation_id="end_leave")
def end_leave(request: HttpRequest, uid: str) -> Status[None]:
    """Take a leave back."""
    usecases.end_leave(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.post("/on-call/calendar-link/replace", response=schemas.CalendarLinkOut, operation_id="replace_calendar_link")
def replace_calendar_link(request: HttpRequest) -> Any:
    """Give the caller a new calendar link; the old one leads nowhere then."""
    return {"url": replace_link(caller(request), now=timezone.now())}


@router.post("/teams/{name}/calendars", response=schemas.CalendarTaken, operation_id="take_calendar")
def take_calendar(request: HttpRequest, name: str, body: schemas.CalendarIn) -> Any:
    """Read an iCal file's coming events as a team's leave or overrides."""
    return usecases.take_calendar(
        caller(request), name, kind=body.kind, text=body.text, name=body.name, now=timezone.now()
    )


@router.get("/teams/{name}/calendar-feeds", response=list[schemas.FeedOut], operation_id="list_calendar_feeds")
def list_feeds(request: HttpRequest, name: str) -> Any:
    """A team's calendars by URL."""
    authorise(caller(request), "read")
    return list(feeding.feeds(name, now=timezone.now()))


@router.post("/teams/{name}/calendar-feeds", response={201: schemas.Uid}, operation_id="add_calendar_feed")
def add_feed(request: HttpRequest, name: str, body: schemas.FeedIn) -> Any:
    """Let a calendar be read each hour as a team's leave or overrides."""
    uid = feeding.add_feed(caller(request), name, kind=body.kind, url=body.url, name=body.name, now=timezone.now())
    return Status(201, {"uid": uid})


@router.post("/on-call/calendar-feeds/{uid}/read", response={202: None}, operation_id="read_calendar_feed")
def read_feed(request: HttpRequest, uid: str) -> Status[None]:
    """Let it be read at once."""
    feeding.read_again(caller(request), uid, now=timezone.now())
    return Status(202, None)


@router.delete("/on-call/calendar-feeds/{uid}", response={204: None}, operation_id="remove_calendar_feed")
def remove_feed(request: HttpRequest, uid: str) -> Status[None]:
    """Read it no more; what it said goes with it."""
    feeding.remove_feed(caller(request), uid, now=timezone.now())
    return Status(204, None)
