"""OpenSLO's alert objects: their references, and whether their thresholds can ever be reached."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAGE, PAIRS, lowest_target, reachable
from roadbed.reliability.objectives.rules.windows import minutes_of

Index = dict[tuple[str, str], Node]
UNREACHABLE = "threshold-unreachable"


def check_alerts(objects: list[Node], index: Index, findings: Findings) -> None:
    """Check conditions and targets of all policies, then each SLO's conditions against its target."""
    for node in objects:
        kind = node.get("kind").text
        if kind == "AlertPolicy":
            _check_policy(node.get("spec"), index, findings)
        elif kind == "AlertCondition":
            _check_durations(node.get("spec", "condition"), findings)
        elif kind == "SLO":
            for target in _targets(node):
                _check_usual(node, target, findings)
                for condition in _conditions(node, index, findings):
                    _check_reachable(condition, target, findings)


def _check_policy(spec: Node, index: Index, findings: Findings) -> None:
    for condition in spec.get("conditions").items:
        if _resolved(condition, "conditionRef", "AlertCondition", index, findings):
            _check_durations(condition.get("spec", "condition"), findings)
    for target in spec.get("notificationTargets").items:
        _resolved(target, "targetRef", "AlertNotificationTarget", index, findings)


def _resolved(node: Node, ref: str, kind: str, index: Index, findings: Findings) -> Node | None:
    """The spec that a reference or an inlined object gives; a name that is not in the file may be in another."""
    named = node.get(ref)
    if not named.text:
        return node.get("spec")
    found = index.get((kind, named.text))
    if found is None:
        findings.warn(
            named.line, "reference", f"{kind} {named.text!r} is not in this file.", "Add it, or write it inline."
        )
        return None
    return found.get("spec")


def _conditions(slo: Node, index: Index, findings: Findings) -> list[Node]:
    found = []
    for policy in slo.get("spec", "alertPolicies").items:
        spec = _resolved(policy, "alertPolicyRef", "AlertPolicy", index, findings)
        if spec is None:
            continue
        if not policy.get("alertPolicyRef").text:
            _check_policy(spec, index, findings)
        for condition in spec.get("conditions").items:
            inner = _resolved(condition, "conditionRef", "AlertCondition", index, findings)
            if inner is not None:
                found.append(inner.get("condition"))
    return found


def _check_durations(condition: Node, findings: Findings) -> None:
    for name in ("lookbackWindow", "alertAfter"):
        duration = condition.get(name)
        if duration.text and minutes_of(duration.text) is None:
            findings.error(
                duration.line, "duration", f"{name} {duration.text!r} is no duration.", "Like 5m, 1h, 3d or 4w."
            )


def _targets(slo: Node) -> list[Target]:
    found = []
    for objective in slo.get("spec", "objectives").items:
        percent = objective.get("targetPercent").number
        share = objective.get("target").number or (percent / 100 if percent else None)
        if share is not None and Decimal(0) < share < 1:
            found.append(Target.exactly(share))
    return found


def _check_reachable(condition: Node, target: Target, findings: Findings) -> None:
    threshold = condition.get("threshold")
    number, operator = threshold.number, condition.get("op").text
    if number is None or number <= 1 or operator in ("lt", "lte"):
        return
    factor = Fraction(number)
    if not reachable(target, factor):
        findings.error(
            threshold.line,
            UNREACHABLE,
            f"Even a total loss burns only {target.of / target.spare:.3g} times too fast at a target of "
            f"{target.percent()}, so {number} is never passed.",
            f"Lower the threshold, or raise the target above {lowest_target(factor):.2%}.",
        )


def _check_usual(slo: Node, target: Target, findings: Findings) -> None:
    windows = slo.get("spec", "timeWindow").items
    period = minutes_of(windows[0].get("duration").text if windows else "30d")
    if period is None:
        return
    for pair in PAIRS:
        factor = pair.factor(period)
        if pair.severity == PAGE and pair.long < period and not reachable(target, factor):
            findings.warn(
                slo.get("spec", "objectives").line,
                UNREACHABLE,
                f"{pair.name} ({float(factor):g} times too fast) can never fire at a target of {target.percent()}.",
                f"It takes a target above {lowest_target(factor):.2%}; slower alerts still fire.",
            )
