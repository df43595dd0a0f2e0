"""Alert thresholds that can never be reached: a factor f needs a target above 1 − 1/f."""

from __future__ import annotations

from fractions import Fraction

from roadbed.reliability.objectives.rules.definitions import Condition
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAGE, PAIRS, Pair, lowest_target, reachable

UNREACHABLE = "threshold-unreachable"


def check_conditions(conditions: list[tuple[Condition, Node, Findings]], target: Target) -> None:
    """Refuse conditions of an objective's own policy that even a total loss does not meet."""
    for condition, threshold, findings in conditions:
        if condition.threshold <= 1 or condition.operator in ("lt", "lte"):
            continue
        factor = Fraction(condition.threshold)
        if not reachable(target, factor):
            findings.error(
                threshold.line,
                UNREACHABLE,
                f"Even a total loss burns only {target.of / target.spare:.3g} times too fast at a target of "
                f"{target.percent()}, so {condition.threshold} is never passed.",
                f"Lower the threshold, or raise the target above {lowest_target(factor):.2%}.",
                column=threshold.column,
            )


def check_usual(at: Node, target: Target, period: int, findings: Findings, pairs: tuple[Pair, ...] = PAIRS) -> None:
    """Warn of page alerts of a table that can never fire at this target."""
    for pair in pairs:
        factor = pair.factor(period)
        if pair.severity == PAGE and pair.long < period and not reachable(target, factor):
            findings.warn(
                at.line,
                UNREACHABLE,
                f"{pair.name} ({float(factor):g} times too fast) can never fire at a target of {target.percent()}.",
                f"It takes a target above {lowest_target(factor):.2%}; slower alerts still fire.",
                column=at.column,
            )


def check_silent(
    at: Node, target: Target, period: int, findings: Findings, *, severity: str, pairs: tuple[Pair, ...] = PAIRS
) -> None:
    """Refuse an alert of which no pair of windows can ever fire at this target."""
    factors = [pair.factor(period) for pair in pairs if pair.severity == severity and pair.long < period]
    if factors and not any(reachable(target, factor) for factor in factors):
        findings.error(
            at.line,
            UNREACHABLE,
            f"The {severity} alert can never fire at a target of {target.percent()}: even a total loss burns only "
            f"{target.of / target.spare:.3g} times too fast.",
            f"Raise the target above {lowest_target(min(factors)):.2%}, or disable the {severity} alert.",
            column=at.column,
        )
