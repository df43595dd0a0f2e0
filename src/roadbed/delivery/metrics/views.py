"""The page of delivery: the five metrics, twelve weeks, teams or services, data quality, the rows behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.delivery.metrics import asking, charting, editions, queries, rows, showing
from roadbed.delivery.metrics.flow.showing import tabs
from roadbed.delivery.metrics.histories import scope_of, systems
from roadbed.delivery.metrics.rules import figures
from roadbed.ground.people.queries import teams
from roadbed.ground.shell import doors, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from roadbed.delivery.metrics.queries import DeliveryView


@dataclass(frozen=True, slots=True)
class Grouping:
    """By what the table's lines are told."""

    by: str
    one: str
    many: str


GROUPINGS: Final = (
    Grouping(queries.TEAMS, "team", "Teams"),
    Grouping(queries.SYSTEMS, "system", "Systems"),
    Grouping(queries.SERVICES, "service", "Services"),
)


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The figures of all, a team or a service."""
    now = timezone.localtime()
    benchmark = request.GET.get("benchmark") or editions.DEFAULT
    whose = asking.whose(request)
    by = request.GET.get("by") or (queries.SERVICES if any(whose.values()) else queries.TEAMS)
    view = queries.delivery(
        **whose,
        days=asking.whole(request, "days", queries.DAYS),
        until=asking.until(request),
        **asking.hours(request),
        benchmark=benchmark,
        by=by,
        now=now,
    )
    groupings = [one for one in GROUPINGS if one.by in view.groupings]
    grouping = next((one for one in groupings if one.by == by), GROUPINGS[-1])
    known = any(week.deployments for week in view.weeks) or view.measured.deployments
    context = {
        "view": view,
        "tabs": tabs("delivery", whose),
        "measured": view.measured,
        "shown": showing.shown(view),
        "benchmark_words": showing.benchmark_words(view),
        "restore": showing.stat(view.measured.time_to_restore),
        "restore_url": showing.rows_url(view, figures.TIME_TO_RESTORE),
        "begin": words.day(timezone.localtime(view.since), now=now),
        "end": words.day(now, now=now),
        "charts": (charting.deployments(view.weeks, now=now), charting.lead_time(view.weeks, now=now)) if known else (),
        "lines": [showing.line(part, _part_url(view, part.name, grouping)) for part in view.parts],
        "grouping": grouping,
        "groupings": groupings,
        "by_url": f"?{urlencode(view.asked() | {'benchmark': benchmark})}",
        "teams": [team.name for team in teams()],
        "systems": systems(),
        "stages": [one for one in view.measured.stages if one.n],
        "bots": view.measured.bots,
        "hours": view.hours.words if view.hours else "",
        "holidays": view.asked().get("holidays", ""),
        "until": request.GET.get("until", ""),
        "working_days": asking.WORKING_DAYS,
        "periods": asking.PERIODS,
        "editions": editions.editions().values(),
        "benchmark": benchmark,
        "linked": view.measured.quality.linked / view.measured.quality.asked if view.measured.quality.asked else None,
        "services": len(view.scope.services),
        "now": now,
    }
    return render(request, "metrics/delivery.html", context)


def _part_url(view: DeliveryView, name: str, grouping: Grouping) -> str:
    whose = {"service": "", "team": "", "system": ""} | {grouping.one: name}
    asked = {key: text for key, text in (view.asked() | whose).items() if text}
    return f"{reverse('metrics:delivery')}?{urlencode(asked)}"


@require_safe
@doors.page
def show_rows(request: HttpRequest) -> HttpResponse:
    """What a figure was counted from."""
    now = timezone.localtime()
    given = asking.whose(request) | asking.hours(request)
    metric, until = request.GET.get("metric", ""), asking.until(request)
    days = asking.whole(request, "days", queries.DAYS)
    page = rows.behind(
        metric, **given, days=days, until=until, cursor=request.GET.get("cursor", ""), limit=asking.SHOWN, now=now
    )
    back = {name: text for name, text in given.items() if text} | {"days": str(days)}
    back |= {"until": request.GET["until"]} if until else {}
    asked = {"metric": metric} | back
    context = {
        "page": page,
        "name": figures.NAMES[metric],
        "whose": scope_of(given["service"], given["team"], given["system"]).words,
        "days": days,
        "end": f"before {words.day(timezone.localtime(until), now=now)}" if until else "",
        "spans": metric in (figures.LEAD_TIME, figures.RECOVERY, figures.TIME_TO_RESTORE),
        "rates": metric in (figures.FAIL_RATE, figures.REWORK_RATE),
        "incidents": metric == figures.TIME_TO_RESTORE,
        "back_url": f"{reverse('metrics:delivery')}?{urlencode(back)}",
        "more_url": f"?{urlencode({**asked, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "now": now,
    }
    return render(request, "metrics/rows.html", context)
