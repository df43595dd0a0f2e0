"""Objectives as the pages draw them: a standing as a badge, figures in words, the burn-down, the coverage strip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Coverage, Figure, Segment, Stat, State, Table
from roadbed.reliability.objectives.answers import ObjectivePage, ObjectiveView
from roadbed.reliability.objectives.burn_down import BurnDown, Point
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.thresholds import PAGE, PairStanding
from roadbed.reliability.objectives.rules.windows import in_words, name_of
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

STATES: Final[dict[str, State]] = {
    "within": "good",
    "at-risk": "warn",
    "burning": "bad",
    "spent": "bad",
    "idle": "idle",
    "unmeasured": "unknown",
    "broken": "unknown",
}
WHOLE: Final = 100
CLOCK: Final = timedelta(days=2)
SPANS: Final = (60, 360, 1440, 10080)
PLACES: Final = 3
"""Decimals of an attainment: three nines need as many to be told from two."""

Kind = Literal["good", "bad", "idle", "unmeasured", "excluded"]


@dataclass(frozen=True, slots=True)
class Span:
    """A length of the chart that one can choose."""

    name: str
    minutes: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of windows as a row of the table."""

    name: str
    factor: str
    short: str
    short_burn: str
    short_passes: bool
    long: str
    long_burn: str
    long_passes: bool
    bad: str
    badge: Badge
    said: str


def badge(standing: str) -> Badge:
    """A standing as it is shown."""
    return Badge(STATES[standing], STANDING_WORDS[standing])


def left_state(view: ObjectiveView) -> State:
    """The colour of a budget: by what is left, whatever burns at the moment."""
    if view.remaining is None:
        return STATES[view.standing]
    if view.remaining <= 0:
        return "bad"
    if view.standing == "idle":
        return "idle"
    return "warn" if view.remaining < LOW_BUDGET else "good"


def stats(page: ObjectivePage, *, now: datetime) -> tuple[Stat, ...]:
    """The objective in five figures."""
    view = page.view
    unmeasured = view.minutes.get("unmeasured", 0)
    return (
        _figure(
            f"Measured, {_span(view)}",
            view.attainment,
            f"target {view.target_text}, {words.count(view.bad)} bad of {words.count(view.total)}",
            places=PLACES,
        ),
        _figure(
            "Budget left",
            view.remaining,
            _allowed(view),
            state="bad" if view.remaining is not None and view.remaining <= 0 else None,
        ),
        _exhaustion(page, now=now),
        _figure(
            "Coverage",
            view.coverage,
            f"{words.count(unmeasured)} min unmeasured of {words.count(view.window_minutes)}",
            state="unknown" if unmeasured else None,
        ),
    )


def _figure(label: str, share: float | None, note: str, *, places: int = 1, state: State | None = None) -> Stat:
    if share is None:
        return Stat(label, None, note=note)
    return Stat(label, words.percent(share, places).removesuffix("%"), "%", note, state=state, tone=state == "bad")


def _allowed(view: ObjectiveView) -> str:
    if view.remaining is None:
        return "nothing was counted, so nothing is spent"
    if view.allowed == 0 and view.bad == 0:
        return f"{words.count(view.total)} requests allow less than 1 error"
    if view.remaining < 0:
        return f"{words.count(view.bad - view.allowed)} errors over the {words.count(view.allowed)} allowed"
    return f"{words.count(max(0, view.allowed - view.bad))} errors left of the {words.count(view.allowed)} allowed"


def _exhaustion(page: ObjectivePage, *, now: datetime) -> Stat:
    if page.returns_at is not None:
        day = timezone.localtime(page.returns_at).strftime("%-d %b")
        return Stat("Back above 0%", day, note="if traffic goes on and nothing more fails")
    forecast = page.forecast
    if forecast is None:
        if page.view.remaining is None:
            return Stat("Budget spent in", None, note="nothing was counted")
        return Stat("Budget spent in", "not in sight", note="nothing burns at the moment")
    earliest = words.duration((forecast.earliest - now).total_seconds())
    latest = "never" if forecast.latest is None else words.duration((forecast.latest - now).total_seconds())
    note = f"{earliest} at the earliest, {latest} at the latest, at the burn of the last {forecast.basis}"
    value, _, unit = words.duration(max(0.0, (forecast.at - now).total_seconds())).partition(" ")
    return Stat("Budget spent in", value, unit, note)


def _span(view: ObjectiveView) -> str:
    return in_words(view.window_minutes)


def pairs(page: ObjectivePage) -> tuple[Pair, ...]:
    """The alerts, each with both burns, and whether it fires."""
    return tuple(_pair(standing, said) for standing, said in page.pairs)


def _pair(standing: PairStanding, said: str) -> Pair:
    return Pair(
        name=standing.name,
        factor=f"{standing.factor:g}",
        short=in_words(standing.short),
        short_burn=words.times(standing.short_burn),
        short_passes=standing.short_burn is not None and standing.short_burn > standing.factor,
        long=in_words(standing.long),
        long_burn=words.times(standing.long_burn),
        long_passes=standing.long_burn is not None and standing.long_burn > standing.factor,
        bad=words.count(standing.bad),
        badge=_pair_badge(standing),
        said=said,
    )


def _pair_badge(standing: PairStanding) -> Badge:
    if standing.firing:
        return Badge("bad" if standing.severity == PAGE else "warn", "Burning", "bell-ringing")
    if not standing.reachable:
        return Badge("info", "Cannot fire")
    if standing.short_burn is None or standing.long_burn is None:
        return Badge("unknown")
    return Badge("info", "Held back") if standing.held_back else Badge("good", "Quiet")


def spans(view: ObjectiveView, whole: BurnDown | None, *, asked: str) -> tuple[Span, ...]:
    """How much of the window the chart can show. Unasked it shows the shortest span that holds all that is known."""
    offered = [minutes for minutes in SPANS if minutes < view.window_minutes] + [view.window_minutes]
    names = {name_of(minutes): minutes for minutes in offered}
    shown = names.get(asked) or _holding_all(whole, offered)
    return tuple(Span(name, minutes, f"?span={name}", current=minutes == shown) for name, minutes in names.items())


def _holding_all(whole: BurnDown | None, offered: Sequence[int]) -> int:
    measured = [one.start for one in whole.stretches if one.state != "unmeasured"] if whole else []
    if whole is None or not measured:
        return offered[-1]
    known = (whole.end - min(measured)).total_seconds() / 60
    return next((minutes for minutes in offered if minutes >= known), offered[-1])


def coverage(view: ObjectiveView, drawn: BurnDown | None) -> Coverage:
    """How the time that is drawn was measured; the legend's minutes add up to it."""
    whole, minutes = (drawn.window_minutes, drawn.minutes) if drawn else (view.window_minutes, view.minutes)
    shown = {state: number for state, number in minutes.items() if state != "excluded" or number}
    shares = ", ".join(f"{words.percent(number / whole)} {state}" for state, number in shown.items() if number)
    if drawn is None:
        return Coverage((Segment("unmeasured", 0, 1),), shown, f"{in_words(whole)}: {shares}")
    segments = tuple(
        Segment(cast("Kind", one.state), (one.start - drawn.start).total_seconds() / 60 / whole, one.minutes / whole)
        for one in drawn.stretches
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


def _when(at: datetime) -> str:
    return timezone.localtime(at).strftime("%-d %B %H:%M")


def burn_down(drawn: BurnDown | None, deployments: Sequence[datetime]) -> Figure:
    """The budget over its window, with unmeasured stretches as bands and deployments as triangles."""
    points = drawn.points if drawn else ()
    known = [point.remaining for point in points if point.remaining is not None]
    floor = _floor(min(known, default=0.0))
    series = [_line(points, floor), *([_marks(deployments, floor)] if deployments else [])]
    data = {
        "unit": "%",
        "min": floor,
        "max": 100,
        "interval": 25 if floor >= -WHOLE else 50,
        "top": 20,
        "right": 24,
        "clock": drawn is not None and drawn.end - drawn.start <= CLOCK,
        "series": series,
        "lines": [
            {"at": LOW_BUDGET * WHOLE, "label": f"{LOW_BUDGET * WHOLE:g}%: the gate warns", "tone": "warn"},
            {"at": 0, "label": "", "tone": "bad"},
        ],
        "bands": _bands(drawn) if drawn else [],
    }
    return Figure(
        id="burn-down",
        label=_said(points),
        data=data,
        table=_table(points),
        caption=_caption(len(deployments), measured=bool(known)),
    )


def _floor(lowest: float) -> int:
    """The bottom of the axis in percent: a quarter below zero, further down for what is overspent, at most twice."""
    return max(-2 * WHOLE, min(-25, math.floor(lowest * 4) * 25))


def _line(points: Sequence[Point], floor: int) -> dict[str, Any]:
    values = [[words.utc(point.at), _percent(point.remaining, floor)] for point in points]
    return {"name": "Budget left", "tone": "ink", "width": 2, "area": True, "values": values}


def _marks(deployments: Sequence[datetime], floor: int) -> dict[str, Any]:
    values = [[words.utc(at), floor * 0.56] for at in deployments]
    return {
        "name": "Deployments",
        "type": "scatter",
        "symbol": "triangle",
        "size": 7,
        "tone": "info-mark",
        "silent": True,
        "values": values,
    }


def _bands(drawn: BurnDown) -> list[dict[str, str]]:
    tones = {"unmeasured": "unknown-mark", "excluded": "idle-mark"}
    return [
        {
            "from": words.utc(one.start),
            "to": words.utc(one.start + timedelta(minutes=one.minutes)),
            "tone": tones[one.state],
        }
        for one in drawn.stretches
        if one.state in tones
    ]


def _percent(left: float | None, floor: int) -> float | None:
    return None if left is None else round(max(left * WHOLE, floor), 2)


def _said(points: Sequence[Point]) -> str:
    known = [point.remaining for point in points if point.remaining is not None]
    if not known:
        return "No data: nothing of this window was measured"
    return f"Budget left went from {words.percent(known[0])} to {words.percent(known[-1])}"


def _caption(deployments: int, *, measured: bool) -> str:
    if not measured:
        return "Nothing of this window was counted, so there is no line. It begins with the first request."
    marks = f"▲ {words.plural(deployments, 'deployment')}. " if deployments else ""
    return (
        f"{marks}Purple: unmeasured, the budget stands still. "
        "Spend is counted in events over the whole window, never as an average of averages."
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
