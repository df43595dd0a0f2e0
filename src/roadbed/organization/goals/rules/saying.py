"""Figures of goals in words, with their unit; what is not known is no data."""

from __future__ import annotations

from roadbed.ground.asks.measures import LINES, SECONDS, SHARE, WEEKLY
from roadbed.ground.shell import words


def said(value: float | None, unit: str) -> str:
    """A figure in words."""
    if value is None:
        return words.NO_DATA
    if unit == SECONDS:
        return words.duration(value)
    if unit == LINES:
        return f"{value:,.0f} lines"
    return words.percent(value) if unit == SHARE else f"{value:,.1f} a week"


def between(low: float | None, high: float | None, unit: str) -> str:
    """An interval in words; empty where there is none, or where everything was counted."""
    if low is None or high is None or low == high:
        return ""
    if unit == LINES:
        return f"{low:,.0f} to {high:,.0f} lines"
    return f"{low:,.1f} to {high:,.1f} a week" if unit == WEEKLY else f"{said(low, unit)} to {said(high, unit)}"
