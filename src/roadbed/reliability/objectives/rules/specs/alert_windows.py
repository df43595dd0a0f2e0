"""Sloth's AlertWindows: a table of alert windows for one period."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.shapes import NUMBER, Check, Field, free, mapping, needed
from roadbed.reliability.objectives.rules.promql.durations import minutes_in
from roadbed.reliability.objectives.rules.thresholds import PAGE, TICKET, Pair

KIND: Final = "AlertWindows"
_PAIR: Final = mapping(True, errorBudgetPercent=Field(NUMBER, required=True), shortWindow=needed, longWindow=needed)
_KINDS: Final = mapping(True, quick=_PAIR, slow=_PAIR)
SHAPE: Final = mapping(
    True,
    apiVersion=needed,
    kind=needed,
    metadata=free,
    spec=mapping(True, sloPeriod=needed, page=_KINDS, ticket=_KINDS),
)
ORDER: Final = ((PAGE, "quick"), (PAGE, "slow"), (TICKET, "quick"), (TICKET, "slow"))


def table_of(node: Node, findings: Findings) -> tuple[int, tuple[Pair, ...]] | None:
    """The period and its pairs of windows, in the order page quick, page slow, ticket quick, ticket slow."""
    Check(findings, "AlertWindows").check(node, SHAPE)
    spec = node.get("spec")
    period = _minutes(spec.get("sloPeriod"), findings)
    pairs = [_pair(spec.get(severity, speed), severity, speed, findings) for severity, speed in ORDER]
    whole = tuple(pair for pair in pairs if pair is not None)
    if period is None or len(whole) < len(pairs):
        return None
    for pair, (severity, speed) in zip(whole, ORDER, strict=True):
        if pair.long >= period:
            at = spec.get(severity, speed, "longWindow")
            text = f"The window {at.text} is not shorter than the period."
            findings.error(at.line, "window", text, "Make it shorter.", column=at.column)
    return period, whole


def _pair(node: Node, severity: str, speed: str, findings: Findings) -> Pair | None:
    percent = node.get("errorBudgetPercent")
    short, long = _minutes(node.get("shortWindow"), findings), _minutes(node.get("longWindow"), findings)
    if percent.number is None or short is None or long is None:
        return None
    if not 0 < percent.number <= 100:  # noqa: PLR2004 - the whole budget
        text = f"{percent.number}% is no share of a budget."
        findings.error(percent.line, "window", text, "Write a number above 0 and at most 100.", column=percent.column)
        return None
    if short >= long:
        at = node.get("shortWindow")
        text = f"The short window {at.text} is not shorter than the long one."
        findings.error(at.line, "window", text, "Make it shorter.", column=at.column)
        return None
    name = f"{severity.capitalize()}, {'fast' if speed == 'quick' else 'slow'}"
    least = 10 if severity == PAGE else 1
    return Pair(name, severity, short, long, Fraction(percent.number) / 100, least, f"{findings.file}, AlertWindows")


def _minutes(at: Node, findings: Findings) -> int | None:
    minutes = minutes_in(at.text)
    if minutes is None and at.text:
        text = f"{at.text!r} is no duration of whole minutes."
        findings.error(at.line, "duration", text, "Like 5m, 1h or 30d.", column=at.column)
    return minutes
