"""Objectives as the pages draw them: a standing as a badge, figures in words, the burn-down, the coverage strip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils import timezone

from roadbed.ground.ports.counts import WHOLE as MINUTE
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Stat, State
from roadbed.reliability.objectives.answers import CountsView, ObjectivePage, ObjectiveView
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.rules.thresholds import MINUTE_PARTS, PAGE, SLICES, PairStanding
from roadbed.reliability.objectives.rules.windows import in_words
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
    if view.unit == MINUTE_PARTS:
        return f"{view.bad / MINUTE:,.6g} bad minutes, {view.allowed / MINUTE:,.6g} are allowed"
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


def filling(counts: CountsView | None) -> str:
    """How far the reading of an objective's past is."""
    if counts is None:
        return ""
    return (
        f"{words.percent(counts.share)} of its window so far. Figures hold for what was read; the rest is unmeasured."
    )
