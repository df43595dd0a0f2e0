"""The budget's chart and the strip beneath it: what is drawn, what is said instead, which span is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from django.utils import timezone

from roadbed.ground.recurring import rule_of
from roadbed.ground.recurring_words import rule_in_words
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Coverage, Figure, Segment, Table
from roadbed.reliability.objectives.answers import ObjectiveView
from roadbed.reliability.objectives.burn_down import BurnDown, Point
from roadbed.reliability.objectives.excluded import ExclusionView
from roadbed.reliability.objectives.marks import Marks, bands, bands_in_words
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.periods import zone_of
from roadbed.reliability.objectives.rules.states import BEFORE
from roadbed.reliability.objectives.rules.windows import in_words, name_of

WHOLE: Final = 100
CLOCK: Final = timedelta(days=2)
SPANS: Final = (60, 360, 1440, 10080)

EMPTY: Final = "Nothing of this window was counted, so there is no line. It begins with the first request."

Kind = Literal["good", "bad", "idle", "unmeasured", "excluded"]


@dataclass(frozen=True, slots=True)
class Span:
    """A length of the chart that one can choose."""

    name: str
    minutes: int
    current: bool


def spans(view: ObjectiveView, whole: BurnDown | None, *, asked: str) -> tuple[Span, ...]:
    """How much of the window the chart can show. Unasked it shows the shortest span that holds all that is known."""
    offered = [minutes for minutes in SPANS if minutes < view.window_minutes] + [view.window_minutes]
    names = {**{name_of(minutes): minutes for minutes in offered[:-1]}, view.window: offered[-1]}
    shown = names.get(asked) or _holding_all(whole, offered)
    return tuple(Span(name, minutes, current=minutes == shown) for name, minutes in names.items())


def _holding_all(whole: BurnDown | None, offered: Sequence[int]) -> int:
    measured = [one.start for one in whole.stretches if one.state not in ("unmeasured", BEFORE)] if whole else []
    if whole is None or not measured:
        return offered[-1]
    known = (whole.end - min(measured)).total_seconds() / 60
    return next((minutes for minutes in offered if minutes >= known), offered[-1])


def coverage(view: ObjectiveView, drawn: BurnDown | None) -> Coverage:
    """How the time that is drawn was measured; the legend's minutes add up to it."""
    whole, minutes = (drawn.window_minutes, drawn.minutes) if drawn else (view.window_minutes, view.minutes)
    shown = {state: number for state, number in minutes.items() if state != "excluded" or number}
    if before := drawn.minutes_before if drawn else view.minutes_before:
        shown[BEFORE] = before
    shares = ", ".join(
        f"{words.percent(number / whole)} {'before it began' if state == BEFORE else state}"
        for state, number in shown.items()
        if number
    )
    if drawn is None:
        return Coverage((Segment("unmeasured", 0, 1),), shown, f"{in_words(whole)}: {shares}")
    segments = tuple(
        Segment(cast("Kind", one.state), (one.start - drawn.start).total_seconds() / 60 / whole, one.minutes / whole)
        for one in drawn.stretches
        if one.state != BEFORE
    )
    return Coverage(segments, shown, f"{in_words(whole)}: {shares}", _axis(drawn))


def _axis(drawn: BurnDown) -> tuple[str, ...]:
    length, end = drawn.end - drawn.start, timezone.localtime(drawn.end)
    at = [timezone.localtime(drawn.start + length * part / 4) for part in range(5)]
    if length <= CLOCK:
        return tuple(one.strftime("%H:%M") for one in at)
    return tuple(words.day(one, now=end) for one in at)


def stretches_in_words(drawn: BurnDown | None, *, most: int = 5) -> tuple[tuple[str, str], ...]:
    """The longest unmeasured stretches, newest first, each with when and for how long."""
    if drawn is None:
        return ()
    holes = sorted((one for one in drawn.stretches if one.state == "unmeasured"), key=lambda one: -one.minutes)[:most]
    return tuple(
        ("Unmeasured", f"from {_when(one.start)}, {words.count(one.minutes)} min")
        for one in sorted(holes, key=lambda one: one.start, reverse=True)
    )


def times_in_words(one: ExclusionView) -> str:
    """When an exclusion is, on the clock of its zone, and of which objectives."""
    zone = zone_of(one.zone)
    starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    until = ends.strftime("%H:%M" if ends.date() == starts.date() else "%-d %B %H:%M")
    again = f", {rule_in_words(rule_of(one.rrule))}" if one.rrule else ""
    of = "" if one.objective else ", of all objectives of the service"
    return f"{starts.strftime('%a %-d %B %Y %H:%M')} to {until} in {one.zone}{again}{of}"


def _when(at: datetime) -> str:
    return timezone.localtime(at).strftime("%-d %B %H:%M")


def burn_down(drawn: BurnDown | None, marks: Marks, *, unit: str) -> Figure:
    """The budget over its window, with deployments, incidents, and excluded and unmeasured time as bands."""
    points = drawn.points if drawn else ()
    known = [point.remaining for point in points if point.remaining is not None]
    floor = _floor(min(known, default=0.0))
    data = {
        "unit": "%",
        "min": floor,
        "max": 100,
        "interval": 25 if floor >= -WHOLE else 50,
        "top": 34,
        "right": 24,
        "clock": drawn is not None and drawn.end - drawn.start <= CLOCK,
        "series": [_line(points, floor), *(marks.triangles(drawn.start, floor * 0.56) if drawn else [])],
        "lines": [
            {"at": LOW_BUDGET * WHOLE, "label": f"{LOW_BUDGET * WHOLE:g}%: the gate warns", "tone": "warn"},
            {"at": 0, "label": "", "tone": "bad"},
        ],
        "events": marks.lines(drawn.start) if drawn else [],
        "bands": bands(drawn),
    }
    return Figure(
        id="burn-down",
        label=_said(points),
        data=data,
        table=_table(points),
        caption=_caption(drawn, marks, unit) if known else EMPTY,
    )


def _floor(lowest: float) -> int:
    """The bottom of the axis in percent: a quarter below zero, further down for what is overspent, at most twice."""
    return max(-2 * WHOLE, min(-25, math.floor(lowest * 4) * 25))


def _line(points: Sequence[Point], floor: int) -> dict[str, Any]:
    values = [[words.utc(point.at), _percent(point.remaining, floor)] for point in points]
    return {"name": "Budget left", "tone": "ink", "width": 2, "area": True, "values": values}


def _percent(left: float | None, floor: int) -> float | None:
    return None if left is None else round(max(left * WHOLE, floor), 2)


def _said(points: Sequence[Point]) -> str:
    known = [point.remaining for point in points if point.remaining is not None]
    if not known:
        return "No data: nothing of this window was measured"
    return f"Budget left went from {words.percent(known[0])} to {words.percent(known[-1])}"


def _caption(drawn: BurnDown | None, marks: Marks, unit: str) -> str:
    legend = marks.legend(drawn.start) if drawn else ""
    return (
        f"{legend}{bands_in_words(drawn)}"
        f"Spend is counted in {unit} over the whole window, never as an average of averages."
    )


def _table(points: Sequence[Point]) -> Table:
    said = "%-d %B %H:00" if points and points[-1].at - points[0].at <= CLOCK else "%-d %B"
    last: dict[str, Point] = {}
    asked: dict[str, int] = {}
    for point in points:
        name = timezone.localtime(point.at).strftime(said)
        last[name], asked[name] = point, asked.get(name, 0) + point.total
    rows = tuple((name, words.percent(point.remaining), words.count(asked[name])) for name, point in last.items())
    return Table(
        ("From", "Budget left at its end", "Requests"), rows, frozenset({"Budget left at its end", "Requests"})
    )
