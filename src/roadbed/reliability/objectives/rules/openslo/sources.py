"""OpenSLO's metric sources as indicators: which of them Roadbed counts, and what is wrong with those it would."""

from __future__ import annotations

from roadbed.ground.ports.metrics import EDGE_BOUNDS_MS
from roadbed.reliability.objectives.rules.definitions import WINDOW, Queries
from roadbed.reliability.objectives.rules.indicators import (
    EDGE,
    ELSEWHERE,
    METRICS,
    PUSHED,
    TYPES,
    Connection,
    Indicator,
    nearest_bounds,
)
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.index import Index
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.selectors import Selector, SelectorError, selector_of
from roadbed.reliability.objectives.rules.specs.connecting import pulled
from roadbed.reliability.objectives.rules.specs.counting import (
    canonical,
    counter_over_window,
    fixed_ranges,
    has_window,
    is_promql,
    ranges_as_window,
    summed,
)

SOURCE = "source"
EDGE_REMEDY = "good: {measure: availability} or {measure: latency, thresholdMs: 300}; total: {measure: requests}."


def indicator_of_sli(sli: Node, types: dict[str, str], findings: Findings) -> Indicator | None:
    """The indicator of an SLI's spec; None when it is at fault. `types` are the data sources' types by name."""
    ratio = sli.get("ratioMetric")
    threshold = sli.get("thresholdMetric")
    if (ratio.value is None) == (threshold.value is None):
        findings.error(sli.line, SOURCE, "An SLI has either a ratioMetric or a thresholdMetric.", "Give one of them.")
        return None
    if threshold.value is not None:
        return Indicator(ELSEWHERE, reason=_elsewhere(_type(threshold, types)))
    sides = {name: ratio.get(name) for name in ("good", "bad", "total") if ratio.get(name).value is not None}
    raw = ratio.get("raw")
    if raw.value is not None and not sides:
        return Indicator(ELSEWHERE, reason=_elsewhere(_type(raw, types)))
    return _of_ratio(ratio, sides, types, findings)


def _of_ratio(ratio: Node, sides: dict[str, Node], types: dict[str, str], findings: Findings) -> Indicator | None:
    kinds = {_type(side, types) for side in sides.values()}
    if ratio.get("raw").value is not None:
        findings.error(ratio.line, SOURCE, "raw stands beside good, bad or total.", "Give raw alone, or leave it out.")
    elif "total" not in sides or ("good" in sides) == ("bad" in sides):
        findings.error(ratio.line, SOURCE, "A ratio needs total and either good or bad.", "Add what is missing.")
    elif len(kinds) > 1:
        findings.error(ratio.line, SOURCE, "good, bad and total come from different sources.", "Use one source.")
    else:
        return _measured_here(kinds.pop(), ratio, sides, findings)
    return None


def _measured_here(kind: str, ratio: Node, sides: dict[str, Node], findings: Findings) -> Indicator | None:
    source = TYPES.get(kind)
    if source is None:
        if kind.startswith("roadbed"):
            known = " and ".join(TYPES)
            findings.error(ratio.line, SOURCE, f"{kind!r} is none of Roadbed's sources.", f"They are {known}.")
            return None
        return Indicator(ELSEWHERE, reason=_elsewhere(kind))
    if ratio.get("counter").value is False:
        findings.error(
            ratio.get("counter").line,
            SOURCE,
            "Roadbed's sources are counters.",
            "Write counter: true, or leave it out.",
        )
        return None
    specs = {name: side.get("metricSource", "spec") for name, side in sides.items()}
    if source == PUSHED:
        return _of_pushed(specs, findings)
    return _of_edge(specs, findings) if source == EDGE else _of_metrics(specs, findings)


def _of_pushed(specs: dict[str, Node], findings: Findings) -> Indicator:
    for name, spec in specs.items():
        for field, value in spec.fields.items():
            text = f"{name} has no field {field!r} where counts are pushed."
            findings.error(value.line, "unknown-field", text, "Write spec: {}.")
    return Indicator(PUSHED)


def _type(side: Node, types: dict[str, str]) -> str:
    source = side.get("metricSource")
    return source.get("type").text or types.get(source.get("metricSourceRef").text, "")


def _elsewhere(kind: str) -> str:
    named = f"the source {kind}" if kind else "a source that is not named"
    return f"It is measured by {named}, which is not connected to Roadbed."


def _of_edge(specs: dict[str, Node], findings: Findings) -> Indicator | None:
    measures = {name: spec.get("measure").text for name, spec in specs.items()}
    wanted = {"good": ("availability", "latency"), "bad": ("failures",), "total": ("requests",)}
    wrong = [name for name, measure in measures.items() if measure not in wanted[name]]
    for name in wrong:
        said = measures[name] or "nothing"
        findings.error(
            specs[name].line, SOURCE, f"{name} measures {said}; it can be {' or '.join(wanted[name])}.", EDGE_REMEDY
        )
    for name, spec in specs.items():
        allowed = {"measure", "thresholdMs"} if measures[name] == "latency" else {"measure"}
        for field, value in spec.fields.items():
            if field not in allowed:
                findings.error(value.line, "unknown-field", f"{name} has no field {field!r} at the edge.", EDGE_REMEDY)
                wrong.append(name)
    if wrong:
        return None
    if measures.get("good") != "latency":
        return Indicator(EDGE)
    return _of_latency(specs["good"], findings)


def _of_latency(spec: Node, findings: Findings) -> Indicator | None:
    threshold = spec.get("thresholdMs")
    number = threshold.number
    if number is None:
        findings.error(threshold.line, "latency-bound", "thresholdMs is no number.", "Write milliseconds, like 300.")
        return None
    if number not in EDGE_BOUNDS_MS:
        near = " or ".join(str(bound) for bound in nearest_bounds(float(number), EDGE_BOUNDS_MS))
        findings.error(
            threshold.line,
            "latency-bound",
            f"The edge does not count answers within {number} ms.",
            f"Write {near}; it counts within {', '.join(str(bound) for bound in EDGE_BOUNDS_MS)} ms.",
        )
        return None
    return Indicator(EDGE, threshold_ms=int(number))


def _of_metrics(specs: dict[str, Node], findings: Findings) -> Indicator | None:
    selectors: dict[str, Selector] = {}
    for name, spec in specs.items():
        for field, value in spec.fields.items():
            if field != "series":
                text = f"{name} has no field {field!r} on a metrics page."
                findings.error(value.line, "unknown-field", text, "It has series alone.")
        selector = _selector(name, spec.get("series"), findings)
        if selector is not None:
            selectors[name] = selector
    if len(selectors) < len(specs):
        return None
    return Indicator(METRICS, good=selectors.get("good"), bad=selectors.get("bad"), total=selectors.get("total"))


def _selector(name: str, series: Node, findings: Findings) -> Selector | None:
    if not series.text:
        remedy = 'Write series: http_requests_total{status!~"5.."}.'
        findings.error(series.line, "selector", f"{name} names no series.", remedy)
        return None
    try:
        return selector_of(series.text)
    except SelectorError as fault:
        findings.error(
            series.line, "selector", f"series of {name}: {fault}.", 'Write it as name{label="value", other!~"5.."}.'
        )
        return None


def queries_of_sli(sli: Node, objective: Node, types: dict[str, str], findings: Findings) -> Queries | None:
    """The SLI in PromQL, for one objective; None where its source answers no PromQL."""
    ratio, threshold = sli.get("ratioMetric"), sli.get("thresholdMetric")
    if threshold.value is not None:
        query = _promql(threshold, types)
        value, operator = objective.get("value"), objective.get("op").text
        if not query.text:
            return None
        if value.number is None or not operator:
            text = "A thresholdMetric needs op and value in the objective, which say what is good."
            findings.warn(
                objective.line, "threshold", text, "Add op: lte and value: 0.3, say.", column=objective.column
            )
            return None
        # A range that is written out belongs to the number itself, whatever window is looked at.
        return Queries(
            gauge=canonical(query.text), operator=operator, value=value.number, lines=(("gauge", query.line),)
        )
    raw = ratio.get("raw")
    if raw.value is not None:
        return _of_raw(ratio, _promql(raw, types), findings)
    sides = {name: ratio.get(name) for name in ("good", "bad", "total") if ratio.get(name).value is not None}
    counter = ratio.get("counter").value
    series = {name: _promql(side, types) for name, side in sides.items()}
    if not all(one.text for one in series.values()):
        return _of_own_series(sides, types)
    _refuse_mixed(series, findings)
    known = counter if isinstance(counter, bool) else None
    counted = {name: (counted_over(one, findings, counter=known), one.line) for name, one in series.items()}
    return Queries.counts(counted)


def connected(indicator: Indicator, queries: Queries | None, sli: Node, index: Index) -> Indicator:
    """The indicator as a source of counts measures it, where its source answers PromQL."""
    ratio, types = sli.get("ratioMetric"), index.source_types()
    sides = [sli.get("thresholdMetric"), *(ratio.get(name) for name in ("total", "raw"))]
    side = next((one for one in sides if one.value is not None), ratio)
    if indicator.source != ELSEWHERE or queries is None or not is_promql(_type(side, types)):
        return indicator
    ref = side.get("metricSource", "metricSourceRef").text
    found = index.find("DataSource", ref)
    url = found.spec.get("connectionDetails", "url").text if found is not None else ""
    return pulled(queries, Connection(_type(side, types).lower(), ref, url.rstrip("/")))


def _refuse_mixed(series: dict[str, Node], findings: Findings) -> None:
    """Two sides that are counted over different times give no ratio."""
    written_out = {one.ranged[0].text: at for at in series.values() for one in fixed_ranges(at.text)}
    if len(written_out) > 1:
        at = list(written_out.values())[-1]
        text = f"The sides are counted over different ranges: {' and '.join(written_out)}."
        findings.error(at.line, "mixed-windows", text, f"Write [{WINDOW}] for all.", column=at.column)


def _of_raw(ratio: Node, query: Node, findings: Findings) -> Queries | None:
    if not query.text:
        return None
    text = counted_over(query, findings, counter=None)
    failed = text if ratio.get("rawType").text == "failure" else f"1 - ({text})"
    return Queries(error_ratio=failed, lines=(("error_ratio", query.line),))


def _of_own_series(sides: dict[str, Node], types: dict[str, str]) -> Queries | None:
    """Counters of a service's own metrics page, which a Prometheus that scrapes it has under the same names."""
    if any(TYPES.get(_type(side, types)) != METRICS for side in sides.values()):
        return None
    series = {name: side.get("metricSource", "spec", "series") for name, side in sides.items()}
    if not all(one.text for one in series.values()):
        return None
    return Queries.counts({name: (summed(one.text), one.line) for name, one in series.items()})


def _promql(side: Node, types: dict[str, str]) -> Node:
    spec = side.get("metricSource", "spec")
    if not is_promql(_type(side, types)):
        return Node(None, spec.line)
    found = next((spec.get(name) for name in ("query", "promql", "expr") if spec.get(name).text), None)
    return found or Node(None, spec.line)


def counted_over(query: Node, findings: Findings, *, counter: bool | None) -> str:
    """A query over WINDOW: its own placeholder, or its written ranges, or its bare counters, in this order."""
    text = canonical(query.text)
    if has_window(text):
        return text
    fixed = fixed_ranges(text)
    if fixed:
        ranges = ", ".join(dict.fromkeys(one.ranged[0].text for one in fixed))
        said = f"The range {ranges} is written out; it is taken as the place of the window."
        findings.warn(query.line, "window-placeholder", said, f"Write [{WINDOW}] there.", column=query.column)
        return ranges_as_window(text)
    return text if counter is None or counter is False else counter_over_window(text)


def check_sources(sli: Node, index: Index, findings: Findings) -> None:
    """Say which data sources are named and are nowhere; without a type of its own the SLI could not be measured."""
    ratio = sli.get("ratioMetric")
    sides = [sli.get("thresholdMetric"), *(ratio.get(name) for name in ("good", "bad", "total", "raw"))]
    for side in sides:
        source = side.get("metricSource")
        ref = source.get("metricSourceRef")
        if not ref.text or index.find("DataSource", ref.text) is not None:
            continue
        typed = bool(source.get("type").text)
        note = findings.error if index.complete and not typed else findings.warn
        if index.complete or not typed:
            note(
                ref.line,
                "reference",
                f"DataSource {ref.text!r} is in none of the files.",
                "Give the file that has it too" + ("." if typed else ", or write type beside it."),
                column=ref.column,
            )
