"""The status page as HTML: days as bars with words beside them, for the live page and for its copy on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.template.loader import render_to_string

from roadbed.ground.shell import words
from roadbed.reliability.incidents.status import rules
from roadbed.reliability.incidents.status.rules import Day
from roadbed.reliability.incidents.status.values import Board, ComponentView

TONES: Final = {
    rules.NORMAL: "ok", rules.MAINTENANCE: "work", rules.RECOVERING: "warn", rules.DEGRADED: "warn",
    rules.PARTIAL: "bad", rules.MAJOR: "bad",
}  # fmt: skip
SENTENCES: Final = {
    rules.NORMAL: "No known problem",
    rules.MAINTENANCE: "Planned work is going on",
    rules.RECOVERING: "Recovering",
    rules.DEGRADED: "Something is slower or worse than usual",
    rules.PARTIAL: "Some things do not work for some people",
    rules.MAJOR: "Something does not work for most people",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A day as it is drawn, with what a pointer or a screen reader is told."""

    x: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A component with its bars. `told` are the days that were not simply up, in words."""

    view: ComponentView
    tone: str
    uptime: str
    bars: tuple[Bar, ...]
    label: str
    told: tuple[str, ...]


def drawn(one: ComponentView) -> Drawn:
    """One component."""
    bars = tuple(Bar(number * 6, day.state, _words(day)) for number, day in enumerate(one.days))
    known = len(one.days) - one.unknown_days
    figure = "No data" if one.uptime is None else f"{words.percent(one.uptime, 2)} went well"
    unknown = f", {words.plural(one.unknown_days, 'day')} unknown" if one.unknown_days else ""
    label = f"{figure} over {words.plural(known, 'measured day')}{unknown}" if one.days else "Nothing is measured"
    harmed = tuple(_words(day) for day in reversed(one.days) if day.state == rules.HARMED)
    return Drawn(one, TONES[one.state], figure, bars, label, harmed)


def _words(day: Day) -> str:
    said = {
        rules.UP: "as promised" if day.bad else "nothing failed",
        rules.UNKNOWN: "unknown, nothing was measured",
        rules.HARMED: f"{words.count(day.bad)} of {words.count(day.total)} requests failed or were slow",
    }[day.state]
    return f"{day.date:%-d %B}: {said}"


def page(board: Board, *, css: str, root: str, alive: bool) -> str:
    """The whole document. A copy is not `alive`: it says so, and offers nothing that needs Roadbed."""
    context = {
        "board": board,
        "tone": TONES[board.state],
        "sentence": SENTENCES[board.state],
        "components": [drawn(one) for one in board.components],
        "css": css,
        "root": root,
        "alive": alive,
        "days": rules.DAYS,
        "tones": TONES,
        "going_on": [(one, TONES[one.state]) for one in board.going_on],
    }
    return render_to_string("incidents/status/page.html", context)
