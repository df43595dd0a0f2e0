"""What is wrong with an indicator's queries, as far as their text tells."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.definitions import (
    PYRRA,
    SLO_GENERATOR,
    SLOTH,
    SLOTH_KUBERNETES,
    WINDOW,
    Definition,
    Queries,
)
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.promql.grammar import misplaced, unknown_function
from roadbed.reliability.objectives.rules.promql.queries import (
    COUNTERS,
    SAMPLES,
    adds_by,
    divided,
    guards_absence,
    one_minus,
    selectors_of,
)
from roadbed.reliability.objectives.rules.promql.subsets import NOT_SUBSET, relation
from roadbed.reliability.objectives.rules.promql.tokens import fault_of
from roadbed.reliability.objectives.rules.specs.counting import fixed_ranges, has_window

PEERS = {SLOTH: "Sloth", SLOTH_KUBERNETES: "Sloth", PYRRA: "Pyrra", SLO_GENERATOR: "slo-generator"}


def check_queries(definition: Definition, findings: Findings) -> bool:
    """Note what is wrong with the definition's queries; answers whether they can be used."""
    queries = definition.queries
    if queries is None:
        return True
    faults = [name for name, query in queries.given().items() if not _check_text(name, query, definition, findings)]
    if not faults:
        _check_share(queries, findings)
        _check_absence(definition, queries, findings)
        _check_buckets(queries, findings)
        _check_weights(queries, findings)
    return not faults


def _check_text(name: str, query: str, definition: Definition, findings: Findings) -> bool:
    line = definition.queries.line(name) if definition.queries else 1
    fault = fault_of(query) or misplaced(query)
    if fault is not None:
        findings.error(line, "promql", f"The {_said(name)} query is no PromQL: {fault[0]}.", "Mend the query.")
        return False
    unknown = unknown_function(query)
    if unknown is not None:
        remedy = f"Did you mean {unknown[1]!r}?" if unknown[1] else "Other servers of PromQL may have it."
        findings.warn(line, "promql-function", f"Prometheus has no function {unknown[0]!r}.", remedy)
    if name in ("gauge", "up"):
        return True
    if name == "error_ratio" and not has_window(query) and definition.format not in (SLOTH, SLOTH_KUBERNETES):
        # A ratio that somebody else computes is each minute what it says.
        return True
    if has_window(query):
        return _check_ranges(name, query, line, findings)
    remedy = f"Count it over a window: sum(rate(requests_total[{WINDOW}]))."
    text = f"The {_said(name)} query names no window, so each window would count the same."
    findings.error(line, "window-placeholder", text, remedy)
    return False


def _check_ranges(name: str, query: str, line: int, findings: Findings) -> bool:
    fixed = fixed_ranges(query)
    if fixed and any(one.has_window for one in selectors_of(query)):
        text = f"The {_said(name)} query counts over the window and over {fixed[0].ranged[0].text} at once."
        findings.error(line, "mixed-windows", text, f"Write [{WINDOW}] for both.")
        return False
    return True


def _said(name: str) -> str:
    return name.replace("_", " ")


def sides_of(queries: Queries) -> tuple[str, str, str]:
    """(name, part, total) of a ratio of counts; of an error ratio that is a division, its two sides; else empty."""
    if queries.total:
        return ("good", queries.good, queries.total) if queries.good else ("bad", queries.bad, queries.total)
    if queries.error_ratio:
        return split_ratio(queries.error_ratio)
    return "", "", ""


def split_ratio(query: str) -> tuple[str, str, str]:
    """The counts that an error ratio is made of: `a / b` are bad and total, `1 - a / b` good and total."""
    name, rest = "bad", query
    while (inner := one_minus(rest)) is not None:
        name, rest = ("good" if name == "bad" else "bad"), inner
    sides = divided(rest)
    if sides is None or not all(adds_by(side) in (COUNTERS, SAMPLES) for side in sides):
        return "", "", ""
    return name, *sides


def _check_share(queries: Queries, findings: Findings) -> None:
    name, part, total = sides_of(queries)
    if not name:
        return
    verdict, why = relation(part, total)
    if verdict == NOT_SUBSET:
        findings.error(
            queries.line(name if queries.total else "error_ratio"),
            "more-than-total",
            f"{name} can count more than total: {why}.",
            "Give both the same matchers, and the part one more.",
        )


def _check_absence(definition: Definition, queries: Queries, findings: Findings) -> None:
    peer = PEERS.get(definition.format)
    name, part, total = sides_of(queries)
    if name and guards_absence(total):
        findings.warn(
            queries.line("total" if queries.total else "error_ratio"),
            "hidden-absence",
            "The total says 0 where nothing is measured, so a target that is gone looks idle.",
            "Take `or vector(0)` off the total.",
        )
    if peer is None or name != "bad" or guards_absence(part):
        return
    findings.warn(
        queries.line("bad" if queries.total else "error_ratio"),
        "absent-series",
        f"Until the first error there is no such series, and {peer} has no indicator then.",
        "Roadbed's own rules count zero; for peers' rules write `or vector(0)` behind the query.",
    )


def _check_buckets(queries: Queries, findings: Findings) -> None:
    for name, query in queries.given().items():
        for one in selectors_of(query):
            bounds = any(label == "le" for label, _, _ in one.matchers)
            if one.metric.endswith("_bucket") and not bounds and "histogram_quantile" not in query:
                findings.warn(
                    queries.line(name),
                    "bucket-bound",
                    f"{one.metric} without le counts an event once for each bucket that holds it.",
                    'Name one bucket, like le="0.3", or count with _count.',
                )


def _check_weights(queries: Queries, findings: Findings) -> None:
    if queries.error_ratio and not sides_of(queries)[0]:
        findings.warn(
            queries.line("error_ratio"),
            "not-event-weighted",
            "A ratio without its counts is averaged over minutes, so that quiet ones weigh as much as busy ones.",
            "Give counts of errors and of all events.",
        )
    for name in ("good", "bad", "total"):
        query = getattr(queries, name)
        if query and adds_by(query) not in (COUNTERS, SAMPLES):
            findings.warn(
                queries.line(name),
                "not-event-weighted",
                f"The {name} query cannot be counted minute by minute, so its ratio is averaged over minutes.",
                "Sum rate, increase, sum_over_time or count_over_time over the window, and nothing around it.",
            )
