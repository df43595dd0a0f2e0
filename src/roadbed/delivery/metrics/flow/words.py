"""Figures of flow in words, for pages and the command line alike."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.metrics.flow.rules.figures import FlowFigure
from roadbed.delivery.metrics.rules.words import shares
from roadbed.ground.shell import words

_UNITS: Final = {"lines": "line", "files": "file", "commits": "commit"}


def amount(value: float | None, unit: str) -> str:
    """A value with its unit; `No data` of none."""
    if value is None:
        return words.NO_DATA
    if unit == "s":
        return words.duration(value)
    if unit == "share":
        return words.percent(value)
    if unit in _UNITS:
        return words.plural(round(value), _UNITS[unit]) if value == round(value) else f"{value:,.1f} {unit}"
    return f"{value:,.2f} {unit}".strip() if value < 10 else f"{value:,.1f} {unit}".strip()  # noqa: PLR2004 - two digits


def note(figure: FlowFigure) -> str:
    """What a figure rests on, in one line."""
    if figure.value is None:
        open_now = f" {figure.open} of {figure.n} go on." if figure.open else ""
        return figure.why + open_now
    if figure.unit == "share":
        return f"{shares(figure.low or 0, figure.high or 0)}, {words.count(figure.hits)} of {words.count(figure.n)}"
    if figure.unit == "a day":
        return f"{words.count(figure.n)} in all"
    parts = [
        f"median of {words.count(figure.n)}",
        f"p75 {amount(figure.p75, figure.unit)}" if figure.p75 is not None else "",
        f"p90 {amount(figure.p90, figure.unit)}" if figure.p90 is not None else "",
        f"{figure.open} go on" if figure.open else "",
    ]
    return "; ".join(filter(None, parts))


def interval(figure: FlowFigure) -> str:
    """The 95% interval of a median; empty where there is none or it says nothing."""
    if figure.low is None or figure.high is None or figure.unit in ("share", "a day"):
        return ""
    return f"{amount(figure.low, figure.unit)} to {amount(figure.high, figure.unit)}"
