"""The page of delivery: the five metrics, twelve weeks, teams or services, data quality, the rows behind a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.delivery.metrics import charting, editions, queries, rows, showing
from roadbed.delivery.metrics.rules import figures
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.queries import teams
from roadbed.ground.shell import doors, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from roadbed.delivery.metrics.queries import DeliveryView

PERIODS: Final = ((28, "28 days"), (90, "90 days"), (364, "52 weeks"))
SHOWN: Final = 50


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The figures of all, a team or a service."""
    now = timezone.localtime()
    benchmark = request.GET.get("benchmark") or editions.DEFAULT
    view = queries.delivery(
        service=request.GET.get("service", ""),
        team=request.GET.get("team", ""),
        days=_days(request),
        benchmark=benchmark,
        now=now,
    )
    by_service = not view.scope.everybody or request.GET.get("by") == "services"
    parts = view.parts if by_service else view.teams
    known = any(week.deployments for week in view.weeks) or view.measured.deployments
    context = {
        "view": view,
        "measured": view.measured,
        "shown": showing.shown(view),
        "benchmark_words": showing.benchmark_words(view),
        "restore": showing.stat(view.measured.time_to_restore),
        "restore_url": showing.rows_url(view, figures.TIME_TO_RESTORE),
        "begin": words.day(timezone.localtime(view.since), now=now),
        "end": words.day(now, now=now),
        "charts": (charting.deployments(view.weeks, now=now), charting.lead_time(view.weeks, now=now)) if known else (),
        "lines": [showing.line(part, _part_url(view, part.name, by_service=by_service)) for part in parts],
        "by_service": by_service,
        "by_url": f"?{urlencode({'days': view.days, 'benchmark': benchmark})}",
        "teams": [team.name for team in teams()],
        "periods": PERIODS,
        "editions": editions.editions().values(),
        "benchmark": benchmark,
        "linked": view.measured.quality.linked / view.measured.quality.asked if view.measured.quality.asked else None,
        "services": len(view.scope.services),
        "now": now,
    }
    return render(request, "metrics/delivery.html", context)


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days") or str(queries.DAYS)
    if not asked.isdecimal() or len(asked) > 4:  # noqa: PLR2004 - 400 at most
        raise Invalid(f"{asked[:20]!r} is not a number of days.", place=Place(field="days"))
    return int(asked)


def _part_url(view: DeliveryView, name: str, *, by_service: bool) -> str:
    asked = {"service" if by_service else "team": name, "days": view.days}
    return f"{reverse('metrics:delivery')}?{urlencode(asked)}"


@require_safe
@doors.page
def show_rows(request: HttpRequest) -> HttpResponse:
    """What a figure was counted from."""
    now = timezone.localtime()
    given = {name: request.GET.get(name, "") for name in ("metric", "service", "team")}
    days = _days(request)
    page = rows.behind(**given, days=days, cursor=request.GET.get("cursor", ""), limit=SHOWN, now=now)
    asked = {name: text for name, text in given.items() if text} | {"days": str(days)}
    back = {name: text for name, text in asked.items() if name != "metric"}
    metric = given["metric"]
    context = {
        "page": page,
        "name": figures.NAMES[metric],
        "whose": given["service"] or (f"team {given['team']}" if given["team"] else "all teams"),
        "days": days,
        "spans": metric in (figures.LEAD_TIME, figures.RECOVERY, figures.TIME_TO_RESTORE),
        "rates": metric in (figures.FAIL_RATE, figures.REWORK_RATE),
        "incidents": metric == figures.TIME_TO_RESTORE,
        "back_url": f"{reverse('metrics:delivery')}?{urlencode(back)}",
        "more_url": f"?{urlencode({**asked, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "now": now,
    }
    return render(request, "metrics/rows.html", context)
