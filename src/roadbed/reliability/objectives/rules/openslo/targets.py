"""An objective's target, as a share or a percentage, and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

DECIMALS: Final = 10


def share_of(value: Decimal, at: Node, findings: Findings, *, percent: bool) -> Decimal | None:
    """The exact share of a target as written; None when it cannot be promised."""
    exact = value / 100 if percent else value
    name = at.column
    if not percent and 1 < value < 100:  # noqa: PLR2004 - a percentage by its looks
        remedy = f"Write target: {value / 100} or targetPercent: {value}."
        findings.error(at.line, "target", f"target {value} is a share, and shares are below 1.", remedy, column=name)
        return None
    if exact == 1:
        findings.error(
            at.line,
            "target",
            "A target of 100% has no error budget: nothing could ever be spent.",
            "Promise less than everything, like 99.9%.",
            column=name,
        )
        return None
    if not 0 < exact < 1 or exact != round(exact, DECIMALS):
        between = "0 and 100" if percent else "0 and 1"
        findings.error(
            at.line,
            "target",
            f"{value} is not between {between} with at most ten decimals of its share.",
            "Like 99.9." if percent else "Like 0.999.",
            column=name,
        )
        return None
    if percent and value <= 1:
        text = f"{value} is a percentage, and promises that {100 - value}% may fail."
        remedy = f"Write {value * 100} if {value * 100}% is meant."
        findings.error(at.line, "target", text, remedy, column=name)
        return None
    return exact
