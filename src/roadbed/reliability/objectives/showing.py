"""Objectives as the pages draw them: a standing as a badge, figures in words, the burn-down, the coverage strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Stat, State
from roadbed.reliability.objectives.answers import CountsView, ObjectivePage, ObjectiveView, WindowView
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.thresholds import PAGE, SLICES, PairStanding
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
SAME_DAY: Final = timedelta(hours=18)
PLACES: Final = 3
"""Decimals of an attainment: three nines need as many to be told from two."""


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


def badge(standing: str, *, plain: bool = False) -> Badge:
    """A standing as it is shown."""
    return Badge(STATES[standing], STANDING_WORDS[standing], plain=plain)


def silent_since(standing: str, *, measured_at: datetime | None, as_of: datetime | None) -> str:
    """Since when nothing was read of an objective without data; empty where it never was, or is."""
    if STATES[standing] != "unknown" or measured_at is None:
        return ""
    at = timezone.localtime(measured_at)
    near = as_of is not None and as_of - measured_at < SAME_DAY
    return at.strftime("%H:%M") if near else at.strftime("%-d %B")


def left_state(standing: str, remaining: float | None) -> State:
    """The colour of a budget: by what is left, whatever burns at the moment."""
    if remaining is None:
        return STATES[standing]
    if remaining <= 0:
        return "bad"
    if standing == "idle":
        return "idle"
    return "warn" if remaining < LOW_BUDGET else "good"


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
            f"{words.count(unmeasured)} min unmeasured of {words.count(view.window_minutes - view.minutes_before)}",
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
    if view.unit == SLICES:
        return f"{words.count(round(view.spent))} bad slices, {words.count(view.allowed)} are allowed"
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
    return view.window_words


def pairs(page: ObjectivePage) -> tuple[Pair, ...]:
    """The alerts, each with both burns, and whether it fires."""
    windows = {one.window: one for one in page.windows}
    return tuple(_pair(standing, said, windows) for standing, said in page.pairs)


def _pair(standing: PairStanding, said: str, windows: Mapping[str, WindowView]) -> Pair:
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
        badge=_pair_badge(standing, windows),
        said=said,
    )


def _pair_badge(standing: PairStanding, windows: Mapping[str, WindowView]) -> Badge:
    if standing.firing:
        return Badge("bad" if standing.severity == PAGE else "warn", "Burning", "bell-ringing")
    if not standing.reachable:
        return Badge("info", "Cannot fire")
    silent = [
        minutes
        for minutes, rate in ((standing.short, standing.short_burn), (standing.long, standing.long_burn))
        if rate is None
    ]
    if silent:
        held = windows.get(name_of(silent[0]))
        return Badge("idle") if held is not None and held.minutes["unmeasured"] == 0 else Badge("unknown")
    return Badge("info", "Held back") if standing.held_back else Badge("good", "Quiet")


def guarded(pairs: Sequence[PairStanding]) -> str:
    """What a burn needs beside both windows, as the note under the table says it."""
    if any(pair.unit == SLICES for pair in pairs):
        return "So many bad slices must also be unlikely at the threshold itself, so that one of them pages nobody."
    return "A page also needs at least 10 bad events, and so many must be unlikely at the threshold itself."


def adjusted(page: ObjectivePage) -> tuple[tuple[str, str, str], ...]:
    """Each figure as it was counted and without the excluded time; nothing where nothing is excluded."""
    raw, view = page.raw, page.view
    if raw is None:
        return ()
    return (
        ("Budget left", words.percent(raw.remaining), words.percent(view.remaining)),
        ("Measured", words.percent(raw.attainment, PLACES), words.percent(view.attainment, PLACES)),
        ("Bad events", _of(raw.bad, raw.total), _of(view.bad, view.total)),
        ("Coverage", words.percent(raw.coverage), words.percent(view.coverage)),
        ("Excluded", f"{words.count(raw.minutes['excluded'])} min", f"{words.count(view.minutes['excluded'])} min"),
    )


def _of(bad: int, total: int) -> str:
    return f"{words.count(bad)} of {words.count(total)}"


def filling(counts: CountsView | None) -> str:
    """How far the reading of an objective's past is."""
    if counts is None:
        return ""
    return (
        f"{words.percent(counts.share)} of its window so far. Figures hold for what was read; the rest is unmeasured."
    )
