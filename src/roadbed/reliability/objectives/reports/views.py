"""The page of a report, and the report as a file: HTML that stands by itself, or JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.queries import teams
from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Badge, Stat
from roadbed.reliability.objectives.journeys import queries as journeys
from roadbed.reliability.objectives.reports.queries import Wish, report
from roadbed.reliability.objectives.reports.scope import SCOPES
from roadbed.reliability.objectives.rolled.queries import systems
from roadbed.reliability.objectives.rules.reporting.html import html_of
from roadbed.reliability.objectives.rules.reporting.spans import UNITS

if TYPE_CHECKING:
    from django.http import HttpRequest

GIVEN: Final = ("scope", "name", "period", "at", "start", "end", "zone")
SHOWN_CAUSES: Final = 12
KEPT: Final = {
    True: Badge("good", "Kept"),
    False: Badge("bad", "Missed"),
    None: Badge("unknown", "No data"),
}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """A report of a period, chosen by a GET form."""
    given = _given(request)
    found = _report(given)
    kept = {name: value for name, value in given.items() if value}
    context = {
        "given": given,
        "report": found,
        "stats": _stats(found["totals"]),
        "lines": [_line(one, found["before"]["minutes"]) for one in (*found["journeys"], *found["lines"])],
        "from": _words(found["period"]["start"]),
        "until": _words(found["period"]["end"]),
        "journeys": found["journeys"],
        "causes": [{**one, "since": _words(one["start"])} for one in found["causes"][:SHOWN_CAUSES]],
        "more_causes": max(0, len(found["causes"]) - SHOWN_CAUSES),
        "unattributed": [(unit, number) for unit, number in found["unattributed"].items() if number],
        "scopes": SCOPES,
        "periods": tuple(UNITS),
        "names": _names(),
        "before_url": f"?{urlencode({**kept, 'at': _before(found)})}" if found["period"]["kind"] in UNITS else "",
        "html_url": f"{reverse('objectives:report-file', args=['html'])}?{urlencode(kept)}",
        "json_url": f"{reverse('objectives:report-file', args=['json'])}?{urlencode(kept)}",
        "now": timezone.localtime(),
    }
    return render(request, "objectives/report.html", context)


@require_safe
@doors.page
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as a file to keep, print or send."""
    found = _report(_given(request))
    scope, period = found["scope"], found["period"]
    name = re.sub(r"[^a-z0-9]+", "-", f"{scope['kind']}-{scope['name']}-{period['label']}".lower()).strip("-")
    if kind == "html":
        response = HttpResponse(html_of(found), content_type="text/html; charset=utf-8")
    else:
        response = HttpResponse(json.dumps(found, indent=2, ensure_ascii=False), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _given(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "").strip() for name in GIVEN}
    given["scope"] = given["scope"] or "organization"
    if given["scope"] == "organization":
        given["name"] = ""
    given["period"] = given["period"] or "month"
    given["zone"] = given["zone"] or timezone.get_current_timezone_name()
    return given


def _report(given: dict[str, str]) -> dict[str, Any]:
    return report(Wish(**{**given, "at": _instant(given["at"])}), now=timezone.now())  # type: ignore[arg-type] # at


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{text[:40]!r} is no date.", remedy="Write it like 2026-11-01.", place=Place(field="at")
        ) from None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _before(found: dict[str, Any]) -> str:
    return str(found["before"]["start"])[:10]


def _names() -> dict[str, list[str]]:
    return {
        "Teams": [team.name for team in teams()],
        "Systems": sorted(systems()),
        "Journeys": [one.name for one in journeys.journeys()],
    }


def _stats(totals: dict[str, Any]) -> tuple[Stat, ...]:
    counting = sum(number for state, number in totals["minutes"].items() if state != "excluded")
    unmeasured = totals["minutes"]["unmeasured"]
    return (
        Stat("Kept their target", str(totals["kept"]), note=f"of {words.plural(totals['objectives'], 'objective')}"),
        Stat("Missed it", str(totals["missed"]), state="bad" if totals["missed"] else None, tone=totals["missed"] > 0),
        Stat("Cannot be told", str(totals["untold"]), state="unknown" if totals["untold"] else None),
        Stat(
            "Coverage",
            None if totals["coverage"] is None else words.percent(totals["coverage"]),
            note=f"{unmeasured:,} min unmeasured of {counting:,}" if counting else "",
        ),
    )


def _words(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%-d %B %Y %H:%M}"


def _line(one: dict[str, Any], whole: int) -> dict[str, Any]:
    before = one["before"]
    part = 1 - before["outside"] / whole if before["has_data"] and before["outside"] else None
    where = one.get("service", "")
    journey = "service" not in one
    address = (
        reverse("objectives:journey", args=[one["name"]])
        if journey
        else reverse("objectives:objective", args=[one["uid"]])
    )
    return {**one, "badge": KEPT[one["kept"]], "where": where or one["owner"], "url": address, "part": part,
            "is_journey": journey}  # fmt: skip
