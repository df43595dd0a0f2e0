"""What Roadbed reads and its server does not evaluate yet, said once for all formats."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.budgeting import OCCURRENCES, TIMESLICES
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

UNSUPPORTED = "not-evaluated-yet"


def as_evaluated(indicator: Indicator, method: Node, slice_minutes: int | None, findings: Findings) -> Indicator:
    """The indicator, or none with the reason where its budget is evaluated offline alone."""
    if method.text in ("", OCCURRENCES) or (method.text == TIMESLICES and slice_minutes == 1):
        return indicator
    what = "Slices longer than a minute" if method.text == TIMESLICES else method.text
    text = f"{what} are evaluated by `roadbed slo evaluate`, and by the server not yet."
    findings.warn(method.line, UNSUPPORTED, text, "Occurrences are, and Timeslices of 1m.")
    return Indicator(ELSEWHERE, reason=text)
