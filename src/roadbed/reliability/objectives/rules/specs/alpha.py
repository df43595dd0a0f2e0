"""OpenSLO v1alpha, as Sloth reads it: ratios of two queries, one definition for each objective."""

from __future__ import annotations

from collections.abc import Iterator

from roadbed.reliability.objectives.rules.definitions import OPENSLO_ALPHA, Definition, Queries
from roadbed.reliability.objectives.rules.linting.thresholds import check_usual
from roadbed.reliability.objectives.rules.openslo.index import Object
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.sources import counted_over
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.openslo.windows import alpha_window_of
from roadbed.reliability.objectives.rules.promql.durations import written
from roadbed.reliability.objectives.rules.specs.connecting import PROMETHEUS, pulled
from roadbed.reliability.objectives.rules.specs.context import Context
from roadbed.reliability.objectives.rules.specs.counting import is_promql
from roadbed.reliability.objectives.rules.targets import Target


def definitions_of_alpha(one: Object, context: Context) -> Iterator[Definition]:
    """The objectives of one v1alpha SLO."""
    spec, findings = one.spec, one.findings
    windows = spec.get("timeWindows").items
    if len(windows) != 1:
        findings.error(spec.get("timeWindows").line, "window", "There is not exactly one time window.", "Keep one.")
        return
    window = alpha_window_of(windows[0], findings)
    if window is not None and window[1] is None and window[0] != context.period:
        findings.error(
            windows[0].line,
            "window",
            f"The window is {written(window[0])}, and v1alpha is read for periods of {written(context.period)}.",
            f"Pass --slo-period {written(window[0])}, or write the objective in openslo/v1.",
            column=windows[0].column,
        )
        window = None
    for number, objective in enumerate(spec.get("objectives").items):
        found = _definition(one, objective, number, window)
        if found is not None:
            yield found


def _definition(one: Object, objective: Node, number: int, window: object) -> Definition | None:
    spec, findings = one.spec, one.findings
    method = spec.get("budgetingMethod")
    slices = objective.get("timeSliceTarget")
    if method.text == "Timeslices" and slices.number is None:
        text = "timeSliceTarget is missing; slices need it."
        findings.error(objective.line, "time-slice", text, "Like 0.95.", column=objective.column)
    given = objective.get("target")
    target = share_of(given.number, given, findings, percent=False) if given.number is not None else None
    queries = _queries(spec, objective, one)
    if target is None or not isinstance(window, tuple):
        return None
    check_usual(spec.get("objectives"), Target.exactly(target), window[0], findings)
    indicator = pulled(queries, PROMETHEUS)
    name = f"{one.name.text}-{number}"
    return Definition(
        name=name,
        title=one.node.get("metadata", "displayName").text or objective.get("displayName").text or name,
        description=spec.get("description").text,
        service=spec.get("service").text,
        target=target,
        window_minutes=window[0],
        indicator=indicator,
        line=one.name.line,
        file=findings.file,
        format=OPENSLO_ALPHA,
        document=one.document,
        method=method.text,
        slice_target=slices.number if method.text == "Timeslices" else None,
        calendar=window[1],
        queries=queries,
        percent=float(target) * 100,
    )


def _queries(spec: Node, objective: Node, one: Object) -> Queries | None:
    ratio, threshold = objective.get("ratioMetrics"), spec.get("indicator", "thresholdMetric")
    findings = one.findings
    if (ratio.value is None) == (threshold.value is None):
        text = "An objective has either ratioMetrics or the SLO a thresholdMetric."
        findings.error(objective.line, "source", text, "Give one of them.", column=objective.column)
        return None
    if threshold.value is not None:
        query, value = threshold.get("query"), objective.get("value")
        if not is_promql(threshold.get("source").text) or value.number is None:
            return None
        operator = objective.get("op").text
        return Queries(gauge=query.text, operator=operator, value=value.number, lines=(("gauge", query.line),))
    good, total = ratio.get("good"), ratio.get("total")
    if not all(is_promql(side.get("source").text) for side in (good, total)):
        return None
    counter = ratio.get("incremental").value is True or ratio.get("counter").value is True
    sides = {"good": good.get("query"), "total": total.get("query")}
    return Queries.counts(
        {name: (counted_over(query, findings, counter=counter), query.line) for name, query in sides.items()}
    )
