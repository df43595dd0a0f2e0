"""The pages of roll-ups: the organization with its teams and systems, and one group with the rows behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Stat, State, Tab
from roadbed.reliability.objectives import showing
from roadbed.reliability.objectives.journeys import queries as journeys
from roadbed.reliability.objectives.rolled import queries
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.rollup import ORGANIZATION, SYSTEM, TEAM, WHOLE, Group, Line

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORDS: Final[tuple[tuple[str, str, State], ...]] = (
    ("within", "Within budget", "good"),
    ("at-risk", "At risk or burning", "warn"),
    ("spent", "Budget spent", "bad"),
    ("unmeasured", "No data", "unknown"),
    ("idle", "Idle", "idle"),
)


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """The organization in figures, then its teams, or its systems."""
    by = SYSTEM if request.GET.get("by") == SYSTEM else TEAM
    (whole,) = queries.groups(ORGANIZATION)
    address = reverse("objectives:rollups")
    context = {
        "whole": whole,
        "stats": stats(whole),
        "by": by,
        "tabs": [
            Tab("By team", address, current=by == TEAM),
            Tab("By system", f"{address}?by={SYSTEM}", current=by == SYSTEM),
        ],
        "rows": [_row(one) for one in queries.groups(by)],
        "journeys": [(one, showing.badge(one.standing)) for one in journeys.journeys()],
        "now": timezone.localtime(),
    }
    return render(request, "objectives/rollups.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, by: str, name: str) -> HttpResponse:
    """One group: its figures, and the objectives behind them."""
    state = request.GET.get("state", "")
    page = queries.group(by, name, state=state)
    own = [one for one in journeys.journeys() if by == ORGANIZATION or (by == TEAM and one.owner == name)]
    context = {
        "group": page.group,
        "stats": stats(page.group),
        "state": state,
        "state_word": {word: said for word, said, _ in WORDS}.get(state, ""),
        "rows": [_line(one) for one in page.lines],
        "journeys": [(one, showing.badge(one.standing)) for one in own],
        "report_url": _report(by, name),
        "now": timezone.localtime(),
    }
    return render(request, "objectives/rollup.html", context)


def stats(group: Group) -> tuple[tuple[Stat, str], ...]:
    """How many stand how, each with the address of the rows behind it."""
    address = address_of(group)
    found = []
    for state, label, shown in WORDS:
        number = group.states[state]
        stat = Stat(label, str(number), note=f"of {group.objectives}", state=shown, tone=number > 0 and shown != "good")
        found.append((stat, f"{address}?{urlencode({'state': state})}" if number else ""))
    found.append((Stat("Coverage", _percent(group.coverage), note=_counting(group)), address))
    return tuple(found)


def address_of(group: Group) -> str:
    """The page of a group."""
    return reverse("objectives:rollup", args=[group.scope, group.name])


def _report(by: str, name: str) -> str:
    given = {"scope": by} if by == ORGANIZATION or name == WHOLE else {"scope": by, "name": name}
    return f"{reverse('objectives:report')}?{urlencode(given)}"


def _counting(group: Group) -> str:
    if not group.counting:
        return ""
    return f"{group.counting - group.measured:,} min unmeasured of {group.counting:,}"


def _percent(value: float | None) -> str | None:
    return None if value is None else words.percent(value)


def _row(group: Group) -> dict[str, Any]:
    worst = group.worst
    return {
        "group": group,
        "url": address_of(group),
        "states": [(word, state, group.states[name]) for name, word, state in WORDS],
        "worst": worst,
        "badge": showing.badge(worst.standing) if worst else None,
        "left_state": left_state(worst) if worst else "unknown",
    }


def _line(line: Line) -> dict[str, Any]:
    return {"line": line, "badge": showing.badge(line.standing), "left_state": left_state(line)}


def left_state(line: Line) -> State:
    """The colour of a budget."""
    if line.remaining is None:
        return showing.STATES[line.standing]
    return "bad" if line.remaining <= 0 else "warn" if line.remaining < LOW_BUDGET else "good"
