"""Pyrra's ServiceLevelObjective: ratio, latency, native latency and boolean gauge."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from roadbed.reliability.objectives.rules.definitions import (
    PYRRA,
    Alerting,
    AlertOf,
    Definition,
    Labels,
    Queries,
)
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.linting.thresholds import check_usual
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.limits import TITLE_LIMIT
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.objects import labels_of
from roadbed.reliability.objectives.rules.openslo.shapes import (
    Check,
    Field,
    anything,
    flag,
    free,
    listing,
    mapping,
    needed,
    text,
)
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.openslo.windows import SHORTEST
from roadbed.reliability.objectives.rules.promql.durations import minutes_in, seconds_of
from roadbed.reliability.objectives.rules.promql.queries import selectors_of
from roadbed.reliability.objectives.rules.promql.tokens import fault_of
from roadbed.reliability.objectives.rules.specs.counting import summed
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import LONGEST

_METRIC: Final = mapping(True, metric=needed)
_GROUPING: Final = listing(text)
_SPEC: Final = mapping(
    True,
    target=Field("any", required=True),
    window=needed,
    description=text,
    performanceOverAccuracy=flag,
    alerting=mapping(
        disabled=flag,
        name=text,
        burnrates=flag,
        absent=flag,
        burnRateType=text,
        severities=anything,
        grouping=anything,
    ),
    indicator=mapping(
        True,
        ratio=mapping(errors=_METRIC, total=_METRIC, grouping=_GROUPING),
        latency=mapping(success=_METRIC, total=_METRIC, grouping=_GROUPING),
        latencyNative=mapping(total=_METRIC, latency=needed, grouping=_GROUPING),
        bool_gauge=mapping(metric=needed, grouping=_GROUPING),
    ),
)
SHAPE: Final = mapping(True, apiVersion=needed, kind=needed, metadata=free, spec=_SPEC, status=anything)
_SERVICE: Final = ("pyrra.dev/service", "service", "app.kubernetes.io/name", "app", "job")
_REASON: Final = "It is measured by the source Prometheus, which is not connected to Roadbed."


def definition_of_pyrra(node: Node, findings: Findings, *, document: int) -> Definition | None:
    """The objective of one document."""
    kind = node.get("kind")
    if kind.text != "ServiceLevelObjective":
        findings.error(kind.line, "kind", f"kind {kind.value!r} is none of Pyrra's.", "Write ServiceLevelObjective.")
        return None
    if node.get("apiVersion").text != PYRRA:
        version = node.get("apiVersion")
        findings.error(version.line, "api-version", f"apiVersion is {version.value!r}.", f"Write {PYRRA}.")
        return None
    Check(findings, PYRRA).check(node, SHAPE)
    spec = node.get("spec")
    target, window = _target(spec.get("target"), findings), _window(spec.get("window"), findings)
    queries = _queries(spec.get("indicator"), findings)
    name = node.get("metadata", "name")
    if not name.text:
        findings.error(node.get("metadata").line, "missing-field", "metadata.name is missing.", "Add name.")
    if target is None or window is None or queries is None or not name.text:
        return None
    labels, annotations = _labels(node, "labels"), _labels(node, "annotations")
    held = dict(labels)
    alerting = _alerting(spec.get("alerting"), findings)
    if not alerting.page.disabled:
        check_usual(spec.get("target"), Target.exactly(target[0]), window, findings)
    return Definition(
        name=name.text,
        title=(spec.get("description").text or name.text).strip().partition("\n")[0].rstrip(".")[:TITLE_LIMIT],
        description=spec.get("description").text,
        service=next((held[label] for label in _SERVICE if held.get(label)), name.text),
        target=target[0],
        window_minutes=window,
        indicator=Indicator(ELSEWHERE, reason=_REASON),
        line=name.line,
        file=findings.file,
        format=PYRRA,
        document=document,
        queries=queries,
        alerting=alerting,
        labels=tuple((n.removeprefix("pyrra.dev/"), value) for n, value in labels),
        annotations=annotations,
        percent=target[1],
    )


def _labels(node: Node, kind: str) -> Labels:
    return labels_of(node.get("metadata", kind))


def _target(at: Node, findings: Findings) -> tuple[Decimal, float] | None:
    number = at.number
    if number is None and at.text:
        try:
            number = Decimal(at.text)
        except InvalidOperation:
            number = None
        if number is not None and not number.is_finite():
            number = None
    if number is None:
        if at.value is not None:
            findings.error(
                at.line, "target", f"The target {at.value!r} is no number.", 'Like "99.9".', column=at.column
            )
        return None
    share = share_of(number, at, findings, percent=True)
    return (share, float(number)) if share is not None else None


def _window(at: Node, findings: Findings) -> int | None:
    minutes = minutes_in(at.text)
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        if at.text:
            text = f"{at.text!r} is no window from 1h to 366d."
            findings.error(at.line, "window", text, "Like 2w, 28d or 30d.", column=at.column)
        return None
    return minutes


def _alerting(node: Node, findings: Findings) -> Alerting:
    off = node.get("disabled").value is True or node.get("burnrates").value is False
    kind = node.get("burnRateType")
    if kind.text and kind.text != "static":
        said = "Burn rates that follow the traffic are Pyrra's own"
        findings.warn(kind.line, "not-carried", f"{said}; the table of factors is used.", "Leave it out.")
    one = AlertOf(disabled=off)
    wanted = node.get("disabled").value is not True and node.get("absent").value is not False
    return Alerting(name=node.get("name").text, page=one, ticket=one, absent=wanted)


def _queries(indicator: Node, findings: Findings) -> Queries | None:
    kinds = [name for name in ("ratio", "latency", "latencyNative", "bool_gauge") if indicator.get(name).value]
    if len(kinds) != 1:
        if isinstance(indicator.value, dict):
            found = " and ".join(kinds) or "none of them"
            text = f"An indicator is one of ratio, latency, latencyNative and bool_gauge; this has {found}."
            findings.error(indicator.line, "source", text, "Keep one.", column=indicator.column)
        return None
    kind, at = kinds[0], indicator.get(kinds[0])
    by = tuple(item.text for item in at.get("grouping").items if item.text)
    if kind == "bool_gauge":
        return _gauge(at, by, findings)
    names = {"ratio": ("errors", "total"), "latency": ("success", "total"), "latencyNative": ("total",)}[kind]
    metrics = {name: _metric(at.get(name, "metric"), findings) for name in names}
    if any(found is None for found in metrics.values()):
        return None
    total = at.get("total", "metric")
    if kind == "latencyNative":
        return _native(at, total, by, findings)
    part = at.get(names[0], "metric")
    side = "bad" if kind == "ratio" else "good"
    return Queries.counts({side: (summed(part.text, by), part.line), "total": (summed(total.text, by), total.line)}, by)


def _gauge(at: Node, by: tuple[str, ...], findings: Findings) -> Queries | None:
    metric = at.get("metric")
    if _metric(metric, findings) is None:
        return None
    return Queries(up=metric.text.strip(), grouping=by, lines=(("up", metric.line),))


def _native(at: Node, total: Node, by: tuple[str, ...], findings: Findings) -> Queries | None:
    bound = at.get("latency")
    seconds = seconds_of(bound.text)
    if seconds is None:
        text = f"The latency {bound.value!r} is no duration."
        findings.error(bound.line, "duration", text, "Like 300ms or 1s.", column=bound.column)
        return None
    return Queries(
        total=summed(total.text, by), fraction_below=f"{float(seconds):g}", grouping=by, lines=(("total", total.line),)
    )


def _metric(at: Node, findings: Findings) -> str | None:
    """The selector, when it is one: Pyrra writes functions around it itself."""
    if not at.text:
        return None
    fault = fault_of(at.text)
    chosen = selectors_of(at.text) if fault is None else ()
    whole = len(chosen) == 1 and chosen[0].text.strip() == at.text.strip() and chosen[0].metric
    if not whole:
        why = fault[0] if fault else "it is more than one selector"
        remedy = 'Write the series alone, like http_requests_total{code=~"5.."}.'
        findings.error(at.line, "promql", f"The metric is no selector: {why}.", remedy, column=at.column)
        return None
    return at.text
