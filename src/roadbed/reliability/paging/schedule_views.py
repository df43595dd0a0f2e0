"""A team's schedule as a page: three weeks, gaps, covers, who is away, the file; and people's calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.errors import Invalid, NotFound, Place, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.paging import lanes, links, queries, shifts, usecases
from roadbed.reliability.paging.calendars import feeding
from roadbed.reliability.paging.calendars.replacing import replace_link
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS
from roadbed.reliability.paging.rules.schedules.walls import instant
from roadbed.reliability.paging.swaps import asking
from roadbed.reliability.paging.swaps import queries as requests

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller
    from roadbed.reliability.paging.answers import TeamOnCall

EXAMPLE = """\
zone: {zone}
layers:
  - name: week
    rotation: weekly
    starts: {starts}
    handover: {handover}
    people:
{people}
"""


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Three weeks of a team's schedule."""
    return _show(request, name)


def _show(request: HttpRequest, name: str, *, refusal: Refusal | None = None, form: str = "") -> HttpResponse:
    now, caller = timezone.localtime(), doors.caller(request)
    team, said = queries.team_on_call(name, now=now), shifts.schedule(name, now=now)
    zone = ZoneInfo(said.zone or timezone.get_current_timezone_name())
    today = now.astimezone(zone).date()
    first = _day(request.GET.get("from", ""), today)
    context: dict[str, Any] = {
        "team": team,
        "schedule": said,
        "gaps": shifts.gaps_ahead(name, now=now) if said.kind else (),
        "covers": shifts.covers(name, now=now),
        "requests": requests.of_team(name, now=now),
        "me": caller.uid,
        "feeds": feeding.feeds(name, now=now),
        "may_write": may(caller, "rotation.write", team=team.team).allowed,
        "document": request.POST.get("document") or said.document or _example(team, zone, today),
        "usual": said.step_seconds or STEP_SECONDS,
        "refusal": refusal,
        "form": form,
        "given": request.POST if refusal else {},
        "now": now,
        "zone": zone.key,
    }
    if said.kind:
        start = lanes.begin_of(first, zone)
        board = shifts.board(name, start=start, end=lanes.begin_of(first + timedelta(days=lanes.DAYS), zone), now=now)
        context |= {
            "days": lanes.days(first, today),
            "parts": lanes.PARTS,
            "lanes": lanes.lanes(board, start, zone),
            "earlier": first - timedelta(days=lanes.DAYS),
            "later": first + timedelta(days=lanes.DAYS),
            "is_now": first == today,
            "stands_by": bool(board.second),
            "next": [
                {"shift": shift, "start": _told(shift.start, zone), "end": _told(shift.end, zone)}
                for shift in board.shifts
                if shift.end > now
            ][:6],
        }
    return render(request, "paging/schedule.html", context, status=refusal.status if refusal else 200)


def _told(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %-d %b %H:%M}"


def _day(said: str, today: date) -> date:
    try:
        found = parse_date(said) if said else None
    except ValueError:
        found = None
    return found if found and abs((found - today).days) <= 366 * 2 else today


def _example(team: TeamOnCall, zone: ZoneInfo, today: date) -> str:
    """The weekly rotation as a file, from whoever is on call now on; of the whole team where there is none."""
    rotation = team.rotation
    people = rotation.people if rotation else team.members
    starts, handover = today - timedelta(days=today.weekday()), "09:00"
    if rotation and rotation.until:
        starts, handover = (rotation.until.astimezone(zone) - timedelta(days=7)).date(), rotation.at
    named = "\n".join(f"      - {one.email}" for one in people) or "      - somebody@example.org"
    return EXAMPLE.format(zone=zone.key, starts=starts, handover=handover or "09:00", people=named)


@require_http_methods(["POST"])
@doors.page
def write(request: HttpRequest, name: str) -> HttpResponse:
    """Give the team the schedule of the form."""

    def doing(caller: Caller, now: datetime) -> None:
        seconds = request.POST.get("step_seconds", "")
        usecases.set_schedule(
            caller,
            name,
            document=request.POST.get("document", "").replace("\r\n", "\n"),
            step_seconds=int(seconds) if seconds.isdecimal() and len(seconds) < 7 else 0,  # noqa: PLR2004 - too long
            now=now,
        )

    return _doing(request, name, "write", doing, "The schedule is written.")


@require_POST
@doors.page
def cover(request: HttpRequest, name: str) -> HttpResponse:
    """Cover or swap shifts."""

    def doing(caller: Caller, now: datetime) -> None:
        start, end = _spanned(request, name, now)
        person, other = request.POST.get("person", ""), request.POST.get("swap_with", "")
        standby = bool(request.POST.get("standby"))
        usecases.cover(
            caller, name, person=person, starts_at=start, ends_at=end, swap_with=other, standby=standby, now=now
        )

    return _doing(request, name, "cover", doing, "It is covered.")


@require_POST
@doors.page
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Ask somebody to take time of one's own."""

    def doing(caller: Caller, now: datetime) -> None:
        start, end = _spanned(request, name, now, ("from", "to_time"))
        trade = bool(request.POST.get("back_from") or request.POST.get("back_to"))
        back = _spanned(request, name, now, ("back_from", "back_to")) if trade else None
        to, note = request.POST.get("to", ""), request.POST.get("note", "")
        standby = bool(request.POST.get("standby"))
        asking.ask(caller, name, starts_at=start, ends_at=end, to=to, back=back, standby=standby, note=note, now=now)

    return _doing(request, name, "ask", doing, "Asked. It stays yours until somebody accepts.")


@require_POST
@doors.page
def uncover(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Take a cover back."""
    return _doing(
        request, name, "cover", lambda caller, now: usecases.end_cover(caller, uid, now=now), "It is taken back."
    )


@require_POST
@doors.page
def leave(request: HttpRequest, name: str) -> HttpResponse:
    """Say that one is away."""

    def doing(caller: Caller, now: datetime) -> None:
        start, end = _spanned(request, name, now)
        usecases.take_leave(caller, starts_at=start, ends_at=end, why=request.POST.get("why", ""), now=now)

    return _doing(request, name, "leave", doing, "You are away then; every schedule knows it.")


def _doing(
    request: HttpRequest, name: str, form: str, doing: Callable[[Caller, datetime], object], said: str
) -> HttpResponse:
    try:
        doing(doors.caller(request), timezone.now())
    except Refusal as refusal:
        return _show(request, name, refusal=refusal, form=form)
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:schedule", name))


def _spanned(
    request: HttpRequest, name: str, now: datetime, fields: tuple[str, str] = ("from", "to")
) -> tuple[datetime, datetime]:
    """What the form says, on the wall clock of the team's zone."""
    zone = ZoneInfo(shifts.schedule(name, now=now).zone or "UTC")
    found = []
    for field in fields:
        said = request.POST.get(field, "").strip()
        try:
            at = parse_datetime(said)
        except ValueError:
            at = None
        if at is None:
            raise Invalid(f"{said[:40]!r} is no time.", remedy="Write 2026-06-13T09:00.", place=Place(field=field))
        found.append(at if timezone.is_aware(at) else instant(at, zone))
    return found[0], found[1]


@require_POST
@doors.page
def add_feed(request: HttpRequest, name: str) -> HttpResponse:
    """Let a calendar be read by its URL."""
    kind, url, said = (request.POST.get(field, "") for field in ("kind", "url", "name"))
    return _doing(
        request, name, "feed",
        lambda caller, now: feeding.add_feed(caller, name, kind=kind, url=url, name=said, now=now),
        "It is read now, then each hour.",
    )  # fmt: skip


@require_POST
@doors.page
def remove_feed(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Read a calendar no more."""
    return _doing(
        request, name, "feed", lambda caller, now: feeding.remove_feed(caller, uid, now=now), "It is removed."
    )


@require_POST
@doors.page
def replace_calendar(request: HttpRequest) -> HttpResponse:
    """Give oneself a new calendar link."""
    replace_link(doors.caller(request), now=timezone.now())
    messages.success(request, "The old link leads nowhere any more.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:on-call"))


@never_cache
@require_safe
def calendar(request: HttpRequest, uid: str, secret: str) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """A person's shifts as iCal, behind a link of their own that needs no sign-in."""
    try:
        if not links.is_calendar_link(uid, secret):
            return HttpResponse("There is no such calendar.\n", status=404, content_type="text/plain")
        text = shifts.calendar_of_person(uid, now=timezone.now())
    except NotFound as refusal:
        return HttpResponse(f"{refusal.detail}\n", status=404, content_type="text/plain")
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
