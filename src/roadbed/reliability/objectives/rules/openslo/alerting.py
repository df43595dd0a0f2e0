"""OpenSLO's alert objects: their references, and the conditions that they give an objective."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from roadbed.reliability.objectives.rules.definitions import Alerting, Condition
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.index import Index, Object
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.promql.durations import minutes_in
from roadbed.reliability.objectives.rules.tables import LONGEST_AFTER

_SEVERITIES = {"page": "page", "critical": "page", "high": "page", "ticket": "ticket", "warning": "ticket"}


def check_alerts(objects: Iterable[Object], index: Index) -> None:
    """Check policies and conditions that stand by themselves; what they name may be in files that are not here."""
    for one in objects:
        if one.kind == "AlertPolicy":
            for found in _conditions_of(one.spec, index, one.findings, needed=False):
                _check_condition(found)
            _targets_of(one.spec, index, one.findings, needed=False)
        elif one.kind == "AlertCondition":
            _check_condition(one)


def alerting_of(slo: Node, index: Index, findings: Findings) -> tuple[Alerting, list[tuple[Condition, Node, Findings]]]:
    """The alerting of an SLO, and its conditions with the nodes of their thresholds."""
    conditions: list[tuple[Condition, Node, Findings]] = []
    targets: list[str] = []
    for policy in slo.get("spec", "alertPolicies").items:
        found = index.resolve(policy, "alertPolicyRef", "AlertPolicy", findings, needed=True)
        if found is None:
            continue
        for one in _conditions_of(found.spec, index, found.findings, needed=True):
            if not policy.get("alertPolicyRef").text:
                _check_condition(one)
            condition = _condition(one)
            if condition is not None:
                conditions.append((condition, one.spec.get("condition", "threshold"), one.findings))
        targets += _targets_of(found.spec, index, found.findings, needed=True)
    return Alerting(conditions=tuple(one for one, _, _ in conditions), targets=tuple(targets)), conditions


def _conditions_of(spec: Node, index: Index, findings: Findings, *, needed: bool) -> Iterator[Object]:
    for condition in spec.get("conditions").items:
        found = index.resolve(condition, "conditionRef", "AlertCondition", findings, needed=needed)
        if found is not None:
            yield found


def _targets_of(spec: Node, index: Index, findings: Findings, *, needed: bool) -> list[str]:
    named = []
    for target in spec.get("notificationTargets").items:
        found = index.resolve(target, "targetRef", "AlertNotificationTarget", findings, needed=needed)
        if found is not None:
            named.append(found.name.text or found.spec.get("target").text)
    return named


def _check_condition(one: Object) -> None:
    condition = one.spec.get("condition")
    _check_operator(one)
    for name in ("lookbackWindow", "alertAfter"):
        duration = condition.get(name)
        if duration.text and minutes_in(duration.text) is None:
            one.findings.error(
                duration.line,
                "duration",
                f"{name} {duration.text!r} is no duration of whole minutes.",
                "Like 5m, 1h, 3d or 4w.",
                column=duration.column,
            )
    after = condition.get("alertAfter")
    if (minutes_in(after.text) or 0) > LONGEST_AFTER:
        text = f"alertAfter {after.text} is longer than an hour; an hour is taken."
        one.findings.warn(after.line, "duration", text, "Take a longer lookbackWindow instead.", column=after.column)


def _check_operator(one: Object) -> None:
    operator = one.spec.get("condition", "op")
    if operator.text in ("lt", "lte"):
        text = f"op {operator.text} alerts while the burn rate is low, and is silent while it is high."
        one.findings.warn(operator.line, "operator", text, "Write gt or gte.", column=operator.column)


def _condition(one: Object) -> Condition | None:
    inner = one.spec.get("condition")
    threshold, lookback = inner.get("threshold").number, minutes_in(inner.get("lookbackWindow").text)
    if threshold is None or lookback is None:
        return None
    severity = one.spec.get("severity").text
    return Condition(
        name=one.name.text,
        severity=_SEVERITIES.get(severity.lower(), severity),
        threshold=threshold,
        operator=inner.get("op").text or "gt",
        lookback_minutes=lookback,
        after_minutes=minutes_in(inner.get("alertAfter").text) or 0,
        description=one.spec.get("description").text,
    )
