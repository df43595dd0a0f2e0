"""What Roadbed reads and does not evaluate yet, said once for all formats."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.definitions import OCCURRENCES, Calendar
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

UNSUPPORTED = "not-evaluated-yet"


def as_evaluated(
    indicator: Indicator, method: Node, calendar: Calendar | None, duration: Node, findings: Findings
) -> Indicator:
    """The indicator, or none with the reason where its budget or window is not evaluated yet."""
    if method.text and method.text != OCCURRENCES:
        findings.warn(method.line, UNSUPPORTED, f"{method.text} are read, but not evaluated yet.", "Occurrences are.")
        indicator = Indicator(ELSEWHERE, reason=f"Budgeting by {method.text} is not evaluated yet.")
    if calendar is not None:
        findings.warn(
            duration.line, UNSUPPORTED, "Calendar windows are read, but not evaluated yet.", "Rolling ones are."
        )
        indicator = Indicator(ELSEWHERE, reason="Its calendar window is not evaluated yet.")
    return indicator
