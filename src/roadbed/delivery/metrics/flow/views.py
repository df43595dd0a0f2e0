"""The pages of flow and of tests, and the rows behind a figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.delivery.metrics.flow import beginnings, queries, rows, showing
from roadbed.delivery.metrics.flow.rules import figures
from roadbed.delivery.metrics.flow.rules.beginnings import Beginning
from roadbed.delivery.metrics.flow.testing import queries as tests
from roadbed.delivery.metrics.flow.testing import usecases
from roadbed.delivery.metrics.flow.values import FlowView
from roadbed.delivery.metrics.flow.words import amount
from roadbed.delivery.metrics.histories import Scope, scope_of
from roadbed.delivery.metrics.rules.windows import instant_of
from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PERIODS: Final = ((28, "28 days"), (90, "90 days"), (364, "52 weeks"))
WORKING_DAYS: Final = "Mon-Fri 09:00-17:00"
SHOWN: Final = 50
_SHARES: Final = frozenset({figures.WITHIN, figures.UNREVIEWED, figures.BROKEN})
_SCOPES: Final = ("service", "team", "system")


def _whose(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in _SCOPES}


def _whole(request: HttpRequest, field: str, default: int) -> int:
    text = request.GET.get(field) or str(default)
    if not (text.isascii() and text.isdecimal()) or len(text) > 4:  # noqa: PLR2004 - more there is not
        raise Invalid(f"{text[:20]!r} is no number.", place=Place(field=field))
    return int(text)


def _asked(request: HttpRequest) -> dict[str, Any]:
    hours = {name: request.GET.get(name, "") for name in ("working_hours", "holidays")}
    until = instant_of(request.GET.get("until", ""), "until")
    return _whose(request) | hours | {"days": _whole(request, "days", queries.DAYS), "until": until}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """How work flows to the trunk."""
    now = timezone.localtime()
    view = queries.flow(**_asked(request), now=now)
    team = view.scope.team
    began = beginnings.onboarding(team=team, now=now) if team or view.scope.everybody else None
    known = any(one.value is not None for one in view.figures) or any(week.integrations for week in view.weeks)
    context = {
        "view": view,
        "tabs": showing.tabs("flow", _whose(request)),
        "groups": showing.groups(view),
        "charts": showing.charts(view) if known else (),
        "lines": [_line(one, part) for one, part in queries.compared(view)],
        "open_url": f"{reverse('metrics:flow-rows')}?{urlencode(view.asked(rows.OPEN))}",
        "direct_url": f"{reverse('metrics:flow-rows')}?{urlencode(view.asked(rows.DIRECT))}",
        "began": began,
        "beginnings": [(one, _yet(one)) for one in began.beginnings] if began else (),
        "teams": [one.name for one in teams()],
        "periods": PERIODS,
        "working_days": WORKING_DAYS,
        "hours": view.hours.words if view.hours else "",
        "kept": {name: request.GET.get(name, "") for name in ("holidays", "until") if request.GET.get(name)},
        "begin": _day(view.since, now),
        "end": _day(view.until, now),
        "now": now,
    }
    return render(request, "metrics/flow.html", context)


def _day(day: date, now: datetime) -> str:
    return words.day(datetime.combine(day, time(), UTC), now=now)


def _yet(one: Beginning) -> str:
    if one.hidden or one.people == 0:
        return one.why
    reached = [
        f"{name} {words.duration(value)}" for name, value in (("p75", one.p75), ("p90", one.p90)) if value is not None
    ]
    return f"{', '.join([*reached, f'{one.people} people'])}, {one.yet} not yet"


def _line(team: str, view: FlowView) -> dict[str, Any]:
    names = (figures.FREQUENCY, figures.AGE, figures.LINES, figures.REVIEW, figures.BUILD, figures.BROKEN)
    asked = {name: text for name, text in view.asked().items() if name not in _SCOPES} | {"team": team}
    cells = [amount(one.value, one.unit).removesuffix(" a day") for one in map(view.figure, names)]
    return {"team": team, "url": f"{reverse('metrics:flow')}?{urlencode(asked)}", "cells": cells}


@require_safe
@doors.page
def show_rows(request: HttpRequest) -> HttpResponse:
    """What a figure was counted from."""
    now = timezone.localtime()
    asked, figure = _asked(request), request.GET.get("figure", "")
    page = rows.behind(figure, **asked, cursor=request.GET.get("cursor", ""), limit=SHOWN, now=now)
    given = {name: text for name in request.GET if name not in ("cursor", "figure") and (text := request.GET[name])}
    context = {
        "page": page,
        "rows": [(row, amount(row.value, row.unit) if row.value is not None else "") for row in page.items],
        "name": rows.NAMES[figure],
        "whose": scope_of(**_whose(request)).words,
        "days": asked["days"],
        "open": figure == rows.OPEN,
        "share": figure in _SHARES,
        "back_url": f"{reverse('metrics:flow')}?{urlencode(given)}",
        "more_url": _more({**given, "figure": figure}, page.next_cursor),
        "now": now,
    }
    return render(request, "metrics/flow_rows.html", context)


def _more(asked: dict[str, str], cursor: str | None) -> str:
    return f"?{urlencode({**asked, 'cursor': cursor})}" if cursor else ""


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show_tests(request: HttpRequest) -> HttpResponse:
    """Flaky and slow tests; a POST quarantines one."""
    now, caller = timezone.localtime(), doors.caller(request)
    told = request.POST if request.method == "POST" else request.GET
    given = {name: told.get(name, "").strip() for name in ("of", "test", "reason")}
    given["days"] = request.POST.get("days", "").strip()
    status, refusal = 200, None
    if request.method == "POST":
        try:
            usecases.quarantine(
                caller, service=given["of"], test=given["test"], reason=given["reason"], days=_days(given["days"]),
                now=now,
            )  # fmt: skip
        except Refusal as fault:
            status, refusal = fault.status, fault
        else:
            messages.success(request, "In quarantine. Its failures stop nobody until then.")
            return HttpResponseRedirect(request.get_full_path())
    weeks, scope = _whole(request, "weeks", tests.WEEKS), scope_of(**_whose(request))
    page = tests.flaky(scope, weeks=weeks, cursor=request.GET.get("cursor", ""), limit=SHOWN, now=now)
    flaked, ran = tests.count_flaky(scope, weeks=weeks, now=now)
    asked = {name: text for name, text in _whose(request).items() if text} | {"weeks": str(weeks)}
    context = {
        "tabs": showing.tabs("tests", _whose(request)),
        "whose": scope.words,
        "scope": scope,
        "page": page,
        "rows": [(one, _interval(one), _may(request, one.owner)) for one in page.items],
        "slow": tests.slowest(scope, weeks=weeks, now=now),
        "flaked": flaked,
        "ran": ran,
        "weeks": weeks,
        "spans": (1, 4, 13),
        "teams": [one.name for one in teams()],
        "writable": _writable(request, scope),
        "given": given,
        "refusal": refusal,
        "more_url": _more(asked, page.next_cursor),
        "again": f"?{urlencode(asked)}",
        "now": now,
    }
    return render(request, "metrics/tests.html", context, status=status)


def _days(text: str) -> float:
    if not (text.isascii() and text.isdecimal()) or len(text) > 4:  # noqa: PLR2004 - more there is not
        raise Invalid(f"{text[:20]!r} is no number of days.", remedy="1 to 90.", place=Place(field="days"))
    return float(text)


def _interval(one: tests.FlakyTest) -> str:
    return f"{words.percent(one.low).removesuffix('%')}–{words.percent(one.high)}"


def _may(request: HttpRequest, owner: str) -> bool:
    return may(doors.caller(request), "test.quarantine", team=owner or None).allowed


def _writable(request: HttpRequest, scope: Scope) -> list[str]:
    """Services whose tests this person may put in quarantine."""
    caller = doors.caller(request)
    return sorted(one.name for one in scope.services if may(caller, "test.quarantine", team=one.owner).allowed)


@require_POST
@doors.page
def release(request: HttpRequest, uid: str) -> HttpResponse:
    """End a quarantine before its day."""
    usecases.release(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "Released. Its failures count again.")
    return HttpResponseRedirect(reverse("metrics:tests"))
