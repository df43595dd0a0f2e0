"""slo-generator v2: objectives over Prometheus; what other back ends measure is read and said to be elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.definitions import (
    SLO_GENERATOR,
    Alerting,
    Condition,
    Definition,
    Queries,
)
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.linting.thresholds import check_conditions
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.limits import TITLE_LIMIT
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.objects import labels_of
from roadbed.reliability.objectives.rules.openslo.shapes import (
    NUMBER,
    Check,
    Field,
    anything,
    free,
    mapping,
    needed,
    text,
)
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.openslo.windows import SHORTEST
from roadbed.reliability.objectives.rules.promql.queries import selectors_of
from roadbed.reliability.objectives.rules.promql.tokens import fault_of
from roadbed.reliability.objectives.rules.specs.context import Context
from roadbed.reliability.objectives.rules.specs.counting import canonical, has_window, renamed, summed, with_matcher
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import LONGEST

SHAPE: Final = mapping(
    True,
    apiVersion=needed,
    kind=needed,
    metadata=mapping(True, name=needed, labels=free, annotations=free),
    spec=mapping(
        True,
        description=text,
        backend=needed,
        method=text,
        exporters=anything,
        service_level_indicator=Field("a mapping", required=True),
        goal=Field(NUMBER, required=True),
        error_budget_policy=text,
        frequency=anything,
    ),
)
Steps = tuple[tuple[Condition, Node, Findings], ...]


def policies_of(config: Node, findings: Findings) -> tuple[dict[str, Steps], dict[str, int]]:
    """The error budget policies of a shared configuration: the steps that alert, and the longest window of each."""
    steps: dict[str, Steps] = {}
    periods: dict[str, int] = {}
    for name, policy in config.get("error_budget_policies").fields.items():
        found, longest = [], 0
        for step in policy.get("steps").items:
            window, threshold = step.get("window").number, step.get("burn_rate_threshold").number
            if window is None or threshold is None or window % 60 or not 0 < window <= LONGEST * 60:
                text = "A step has a window of whole minutes in seconds, and a burn_rate_threshold."
                findings.error(step.line, "window", text, "Like window: 3600.", column=step.column)
                continue
            longest = max(longest, int(window) // 60)
            if step.get("alert").value is True:
                found.append((_condition(step, window, threshold), step.get("burn_rate_threshold"), findings))
        steps[name] = tuple(found)
        if longest:
            periods[name] = longest
    return steps, periods


def _condition(step: Node, window: Decimal, threshold: Decimal) -> Condition:
    return Condition(
        name=step.get("name").text,
        severity="page",
        threshold=threshold,
        operator="gt",
        lookback_minutes=int(window) // 60,
        after_minutes=0,
        description=step.get("message_alert").text,
    )


def definition_of_slo_generator(
    node: Node,
    findings: Findings,
    context: Context,
    steps: Mapping[str, Steps],
    periods: Mapping[str, int],
    *,
    document: int,
) -> Definition | None:
    """The objective of one document."""
    kind, version = node.get("kind"), node.get("apiVersion")
    if version.text != SLO_GENERATOR or kind.text != "ServiceLevelObjective":
        text = f"{version.value!r} {kind.value!r} is none of slo-generator's."
        findings.error(version.line, "api-version", text, f"Write {SLO_GENERATOR} and ServiceLevelObjective.")
        return None
    Check(findings, SLO_GENERATOR).check(node, SHAPE)
    spec, labels = node.get("spec"), labels_of(node.get("metadata", "labels"))
    goal = spec.get("goal")
    target = share_of(goal.number, goal, findings, percent=False) if goal.number is not None else None
    policy = spec.get("error_budget_policy").text or "default"
    conditions = list(steps.get(policy, ()))
    if policy not in steps and spec.get("error_budget_policy").text:
        at = spec.get("error_budget_policy")
        text = f"The error budget policy {policy!r} is in none of the files."
        findings.warn(at.line, "reference", text, "Give the shared configuration too.", column=at.column)
    indicator, queries = _measured(spec, findings)
    if target is None or indicator is None:
        return None
    check_conditions(conditions, Target.exactly(target))
    held, name = dict(labels), node.get("metadata", "name")
    period = periods.get(policy, context.period)
    return Definition(
        name=name.text,
        title=(spec.get("description").text or name.text).strip().partition("\n")[0].rstrip(".")[:TITLE_LIMIT],
        description=spec.get("description").text,
        service=held.get("service_name") or held.get("service") or name.text,
        target=target,
        window_minutes=period if period >= SHORTEST else context.period,
        indicator=indicator,
        line=name.line,
        file=findings.file,
        format=SLO_GENERATOR,
        document=document,
        queries=queries,
        alerting=Alerting(conditions=tuple(one for one, _, _ in conditions)),
        labels=labels,
        percent=float(target) * 100,
    )


def _measured(spec: Node, findings: Findings) -> tuple[Indicator | None, Queries | None]:
    backend, method = spec.get("backend"), spec.get("method")
    kind = backend.text.partition("/")[0]
    if kind != "prometheus":
        text = f"The back end {backend.text!r} answers no PromQL; its query is not taken over."
        findings.warn(backend.line, "not-carried", text, "Count it in Prometheus, or push its counts.")
        return Indicator(
            ELSEWHERE, reason=f"It is measured by {backend.text}, which is not connected to Roadbed."
        ), None
    indicator = spec.get("service_level_indicator")
    readers = {"good_bad_ratio": _ratio, "distribution_cut": _cut, "query_sli": _query}
    reader = readers.get(method.text)
    if reader is None:
        text = f"The method {method.value!r} is none of {', '.join(readers)}."
        findings.error(method.line, "source", text, "Write one of them.", column=method.column)
        return None, None
    queries = reader(indicator, findings)
    reason = "It is measured by the source Prometheus, which is not connected to Roadbed."
    return (Indicator(ELSEWHERE, reason=reason), queries) if queries is not None else (None, None)


def _ratio(indicator: Node, findings: Findings) -> Queries | None:
    sides: dict[str, tuple[str, int]] = {}
    for name, side in (("filter_good", "good"), ("filter_bad", "bad"), ("filter_valid", "total")):
        at = indicator.get(name)
        if at.text:
            query = canonical(at.text)
            sides[side] = (query if has_window(query) or fault_of(query) else summed(query.strip()), at.line)
    if "total" in sides:
        if "good" in sides:
            sides.pop("bad", None)
        if len(sides) == 2:  # noqa: PLR2004 - total and one of the others
            return Queries.counts(sides)
    elif len(sides) == 2:  # noqa: PLR2004 - good and bad, whose sum is the total
        good, bad = sides["good"], sides["bad"]
        return Queries.counts({"bad": bad, "total": (f"({good[0]}) + ({bad[0]})", good[1])})
    text = "good_bad_ratio needs filter_good or filter_bad, and filter_valid or the other of them."
    findings.error(indicator.line, "source", text, "Add what is missing.", column=indicator.column)
    return None


def _cut(indicator: Node, findings: Findings) -> Queries | None:
    expression, bucket = indicator.get("expression"), indicator.get("threshold_bucket")
    chosen = selectors_of(expression.text)
    if len(chosen) != 1 or not chosen[0].metric.endswith("_bucket") or bucket.number is None:
        text = "distribution_cut needs expression, one _bucket series, and threshold_bucket."
        findings.error(indicator.line, "source", text, "Like expression: http_seconds_bucket.", column=indicator.column)
        return None
    series = chosen[0].text
    good = with_matcher(series, "le", f"{bucket.number.normalize():f}")
    total = renamed(series, chosen[0].metric.removesuffix("_bucket") + "_count", drop="le")
    return Queries.counts({"good": (summed(good), expression.line), "total": (summed(total), expression.line)})


def _query(indicator: Node, findings: Findings) -> Queries | None:
    expression = indicator.get("expression")
    if not expression.text:
        text = "query_sli needs expression, the share of good events."
        findings.error(indicator.line, "source", text, "Add expression.", column=indicator.column)
        return None
    good = canonical(expression.text.strip())
    return Queries(error_ratio=f"1 - ({good})", lines=(("error_ratio", expression.line),))
