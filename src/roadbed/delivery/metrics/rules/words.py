"""Figures in words, for pages and the command line alike."""

from __future__ import annotations

from roadbed.delivery.metrics.rules.figures import ENOUGH, FREQUENCY, Figure
from roadbed.ground.shell import words


def value(figure: Figure) -> str | None:
    """A figure in words, None without data."""
    if figure.value is None:
        return None
    if figure.unit == "s":
        return words.duration(figure.value)
    if figure.unit == "share":
        return words.percent(figure.value)
    return rate(figure.value)


def rate(weekly: float) -> str:
    """Deployments a week with a decimal where it says something."""
    return f"{weekly:,.0f}" if weekly >= 20 or weekly == int(weekly) else f"{weekly:.1f}"  # noqa: PLR2004


def interval(figure: Figure) -> str:
    """The interval in words; empty where there is none."""
    if figure.low is None:
        return ""
    if figure.unit == "share" and figure.high is not None:
        return f"{words.percent(figure.low).removesuffix('%')}–{words.percent(figure.high)}"
    if figure.unit == "s":
        if figure.high is None:
            return f"at least {words.duration(figure.low)}"
        return f"{words.duration(figure.low)} to {words.duration(figure.high)}"
    return f"weeks from {figure.low:,.0f} to {figure.high or 0:,.0f}"


def shares(low: float, high: float) -> str:
    """An interval of a share, with a decimal where whole per cent would say too little."""
    places = 0 if high >= 0.1 else 1  # noqa: PLR2004 - ten per cent
    return f"{words.percent(low, places).removesuffix('%')}–{words.percent(high, places)}"


def note(figure: Figure) -> str:
    """What a figure rests on, in one line."""
    if figure.value is None:
        if figure.n == 0:
            return figure.why
        lasted = f", the longest for {words.duration(figure.at_least)}" if figure.at_least is not None else ""
        return f"{figure.open} of {figure.n} still open{lasted}."
    if figure.metric == FREQUENCY:
        return ", ".join(part for part in (interval(figure), words.plural(figure.n, "deployment")) if part)
    if figure.unit == "share":
        return f"{interval(figure)}, {words.count(figure.hits)} of {words.count(figure.n)}"
    parts = ["median" + (f", {interval(figure)}" if figure.low is not None else ""), f"n = {words.count(figure.n)}"]
    if figure.p90 is not None and figure.n >= ENOUGH:
        parts.insert(1, f"p90 {words.duration(figure.p90)}")
    if figure.open:
        parts.append(f"{figure.open} open")
    return "; ".join(parts)
