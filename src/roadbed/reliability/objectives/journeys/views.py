"""The pages of journeys: all of them, and one with its steps, its minutes and its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Badge, Coverage, Segment, Stat, State
from roadbed.reliability.objectives import showing
from roadbed.reliability.objectives.journeys import queries
from roadbed.reliability.objectives.journeys.chart import journey_burn_down
from roadbed.reliability.objectives.journeys.drawing import figure_of
from roadbed.reliability.objectives.journeys.queries import JourneyView
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.states import STATES
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.rules.words import STANDING_WORDS, figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

PLACES: Final = 3


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All journeys, filtered by a GET form."""
    given = {name: request.GET.get(name, "") for name in ("q", "standing", "owner")}
    found = queries.journeys(text=given["q"], standing=given["standing"], owner=given["owner"])
    context = {
        **given,
        "rows": [{"view": one, "badge": showing.badge(one.standing), "left_state": left_state(one)} for one in found],
        "is_filtered": any(given.values()),
        "standings": tuple(STANDING_WORDS.items()),
        "owners": sorted({one.owner for one in queries.journeys()}),
        "now": timezone.localtime(),
    }
    return render(request, "objectives/journeys.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One journey: what is left, which step spent it, what was measured, what burns."""
    view = queries.journey(name)
    drawn = journey_burn_down(view.uid)
    context = {
        "view": view,
        "badge": showing.badge(view.standing),
        "stats": stats(view),
        "steps": [_step(view, step) for step in view.steps],
        "coverage": coverage(view),
        "chart": None if drawn is None else figure_of(drawn),
        "pairs": [_pair(pair) for pair in view.pairs],
        "versions": queries.versions(view.uid),
        "now": timezone.localtime(),
    }
    return render(request, "objectives/journey.html", context)


def left_state(view: JourneyView) -> State:
    """The colour of a budget: by what is left, whatever burns at the moment."""
    if view.remaining is None:
        return showing.STATES[view.standing]
    if view.remaining <= 0:
        return "bad"
    return "warn" if view.remaining < LOW_BUDGET else "good"


def stats(view: JourneyView) -> tuple[Stat, ...]:
    """The journey in figures."""
    window = sum(view.minutes.values())
    unmeasured = view.minutes.get("unmeasured", 0)
    return (
        Stat(
            "Attained", _percent(view.attainment, PLACES), note=f"target {view.target_text}, over {view.window_words}"
        ),
        Stat(
            "Budget left",
            _percent(view.remaining),
            note=f"{view.spent:,.0f} bad {view.unit}, {view.allowed:,} allowed" if view.as_of else "",
            state=left_state(view) if view.remaining is not None and view.remaining < LOW_BUDGET else None,
            tone=view.remaining is not None and view.remaining <= 0,
        ),
        Stat(
            "Degraded",
            words.count(view.degraded) if view.as_of else None,
            unit="min",
            note="an optional step was bad and nothing else",
        ),
        Stat(
            "Coverage",
            _percent(view.coverage),
            note=f"{unmeasured:,} min unmeasured of {window:,}" if window else "",
            state="unknown" if unmeasured else None,
        ),
    )


def _percent(value: float | None, places: int = 1) -> str | None:
    return None if value is None else words.percent(value, places)


def _step(view: JourneyView, step: Mapping[str, Any]) -> dict[str, Any]:
    url = ""
    if step["uid"]:
        where = "objectives:journey" if step["journey"] else "objectives:objective"
        url = reverse(where, args=[step["journey"] or step["uid"]])
    part = step["spent"] / view.spent if view.spent else None
    return {**step, "url": url, "part": part, "badge": _step_badge(step)}


def _step_badge(step: Mapping[str, Any]) -> Badge:
    if not step["uid"]:
        return Badge("unknown", "Not promised", plain=True)
    if not step["required"]:
        return Badge("idle", "Optional", plain=True)
    return Badge("info", "Required", "circle-check", plain=True)


def coverage(view: JourneyView) -> Coverage | None:
    """The window's minutes by state as one bar; they add up to it."""
    whole = sum(view.minutes.values()) + view.before
    if not whole or view.as_of is None:
        return None
    segments, start = [], view.before / whole
    for state in STATES:
        width = view.minutes.get(state, 0) / whole
        if width:
            segments.append(Segment(state, start, width))
        start += width
    shown = {state: number for state, number in view.minutes.items() if state != "excluded" or number}
    said = ", ".join(f"{number:,} {state}" for state, number in shown.items())
    return Coverage(tuple(segments), shown, f"{view.window_words}: {said} minutes")


def _pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    quiet = Badge("good", "Quiet", plain=True)
    burns = [pair["short_burn"], pair["long_burn"]]
    badge = Badge("bad", "Fires") if pair["firing"] else quiet
    if not pair["reachable"]:
        badge = Badge("unknown", "Cannot fire", plain=True)
    elif pair["held_back"]:
        badge = Badge("warn", "Held back", plain=True)
    return {
        **pair,
        "badge": badge,
        "short_name": name_of(pair["short"]),
        "long_name": name_of(pair["long"]),
        "short_said": words.NO_DATA if burns[0] is None else figure(burns[0]),
        "long_said": words.NO_DATA if burns[1] is None else figure(burns[1]),
    }
