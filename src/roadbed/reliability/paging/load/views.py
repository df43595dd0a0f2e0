"""Two pages of a team: what its shifts were like, and its time on call for pay."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.paging import shifts
from roadbed.reliability.paging.load import deciding, queries, sheets, shown
from roadbed.reliability.paging.load.sheets import SheetView
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.load.classes import CLASSES
from roadbed.reliability.paging.rules.load.printing import rows_of
from roadbed.reliability.paging.rules.schedules.walls import instant

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """What a team's shifts of the last weeks were like."""
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(one) for one in shown.WEEKS} else shown.WEEKS[0]
    found = shown.load(doors.caller(request), name, weeks=weeks, now=timezone.localtime())
    fullest = max(found.of_shifts.counts.values(), default=1)
    context = {
        "load": found,
        "weeks": shown.WEEKS,
        "bars": [(count, many, many / fullest) for count, many in found.of_shifts.counts.items()],
        "outside": sum(many for kind, many in found.by_class.items() if kind != "day"),
        "now": found.as_of,
    }
    return render(request, "paging/load.html", context)


@require_safe
@doors.page
def pay(request: HttpRequest, name: str) -> HttpResponse:
    """A team's time on call in a span: a month, or the days that are asked for."""
    if request.GET.get("as") == "csv":
        now = timezone.now()
        start, end = _span(request.GET, _zone(name, now), now)
        return _csv(sheets.pay(doors.caller(request), name, start=start, end=end, now=now))
    return _pay(request, name)


def _pay(request: HttpRequest, name: str, *, refusal: Refusal | None = None, form: str = "") -> HttpResponse:
    now, caller = timezone.localtime(), doors.caller(request)
    team, zone = team_named(name), _zone(name, now)
    start, end = _span(request.GET or request.POST, zone, now)
    found = sheets.pay(caller, name, start=start, end=end, now=now)
    leads = queries.leads(caller, team) and may(caller, "rotation.write", team=team.name).allowed
    context: dict[str, Any] = {
        "sheet": found,
        "zone": zone.key,
        "first": start.astimezone(zone).date(),
        "last": (end.astimezone(zone) - timedelta(seconds=1)).date(),
        "classes": CLASSES,
        "lines": [
            {
                "line": line,
                "cells": [line.seconds.get(kind, 0) / 3600 for kind in CLASSES],
                "hours": line.total / 3600,
                "stood": line.standby_total / 3600,
            }
            for line in found.lines
        ],
        "nobody": found.nobody / 3600,
        "standby": found.standby_nobody is not None,
        "standby_nobody": (found.standby_nobody or 0) / 3600,
        "standby_unknown": (found.standby_unknown or 0) / 3600,
        "unknown": found.unknown / 3600,
        "months": _months(zone, now),
        "corrections": sheets.corrections(caller, name) if team.name in caller.teams or leads else (),
        "rules": queries.rules_now(),
        "leads": leads,
        "over": end <= now,
        "refusal": refusal,
        "form": form,
        "given": request.POST if refusal else {},
        "now": now,
    }
    return render(request, "paging/pay.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def sign(request: HttpRequest, name: str) -> HttpResponse:
    """Sign the sheet of the form's span."""

    def doing(caller: Caller, now: datetime) -> None:
        start, end = _span(request.POST, _zone(name, now), now)
        deciding.sign_off(caller, name, start=start, end=end, now=now)

    return _doing(request, name, "sign", doing, "It is signed. What changes later shows as differences.")


@require_POST
@doors.page
def correct(request: HttpRequest, name: str) -> HttpResponse:
    """Say that somebody else was on call."""

    def doing(caller: Caller, now: datetime) -> None:
        zone = _zone(name, now)
        start, end = (_at(request.POST.get(field, ""), field, zone) for field in ("starts", "ends"))
        person, why = request.POST.get("person", ""), request.POST.get("why", "")
        deciding.correct(
            caller, name, person=person, starts_at=start, ends_at=end, why=why,
            standby=request.POST.get("standby") == "on", now=now,
        )  # fmt: skip

    return _doing(request, name, "correct", doing, "It is corrected.")


@require_POST
@doors.page
def uncorrect(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Take a correction back."""
    return _doing(
        request, name, "correct", lambda caller, now: deciding.take_back(caller, uid, now=now), "It is taken back."
    )


def _doing(
    request: HttpRequest, name: str, form: str, doing: Callable[[Caller, datetime], object], said: str
) -> HttpResponse:
    try:
        doing(doors.caller(request), timezone.now())
    except Refusal as refusal:
        return _pay(request, name, refusal=refusal, form=form)
    messages.success(request, said, extra_tags="good")
    asked = {field: request.POST.get(field, "") for field in ("from", "to")}
    query = f"?from={asked['from']}&to={asked['to']}" if all(parse_day(one) for one in asked.values()) else ""
    return HttpResponseRedirect(resolve_url("paging:pay", name) + query)


def _zone(name: str, now: datetime) -> ZoneInfo:
    return ZoneInfo(shifts.schedule(name, now=now).zone or "UTC")


def parse_day(said: str) -> date | None:
    """A day, None where it is none."""
    try:
        return parse_date(said) if said else None
    except ValueError:
        return None


def _span(asked: Any, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Whole days of the team's zone, the last one in it too; the month so far where nothing is asked for."""
    today = now.astimezone(zone).date()
    first = parse_day(asked.get("from", "")) or today.replace(day=1)
    last = parse_day(asked.get("to", "")) or today
    if not first <= last <= first + timedelta(days=365):
        first, last = today.replace(day=1), today
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, time()), zone)


def _months(zone: ZoneInfo, now: datetime) -> list[tuple[date, date]]:
    """First and last days of this month and the two before."""
    found = []
    last = now.astimezone(zone).date()
    for _ in range(3):
        first = last.replace(day=1)
        found.append((first, last))
        last = first - timedelta(days=1)
    return found


def _at(said: str, field: str, zone: ZoneInfo) -> datetime:
    try:
        at = parse_datetime(said.strip())
    except ValueError:
        at = None
    if at is None:
        raise Invalid(f"{said[:40]!r} is no time.", remedy="Write 2026-06-13T09:00.", place=Place(field=field))
    return at if timezone.is_aware(at) else instant(at, zone)


def _csv(found: SheetView) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="on-call-{found.start:%Y-%m-%d}.csv"'
    csv.writer(response).writerows(
        rows_of(
            (found.team, found.start.isoformat(), found.end.isoformat()),
            (
                (
                    line.person, line.seconds, line.total, line.amount, line.standby, line.standby_total,
                    line.standby_amount,
                )
                for line in found.lines
            ),
            currency=found.currency, version=found.rules_version, signed_by=found.signed_by,
        )
    )  # fmt: skip
    return response
