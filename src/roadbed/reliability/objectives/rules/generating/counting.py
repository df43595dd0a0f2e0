"""What happened in the last minute, in PromQL: whole increments of counters, through gaps, resets and births.

`increase` guesses what lies between samples and sees nothing of a series' first value. These expressions take the
last value of this minute less the last value before it, so that minutes add up to exactly what was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.budgeting import OCCURRENCES, RATIO_TIMESLICES
from roadbed.reliability.objectives.rules.definitions import (
    Definition,
    Queries,
)
from roadbed.reliability.objectives.rules.linting.queries import split_ratio
from roadbed.reliability.objectives.rules.promql.durations import just_under
from roadbed.reliability.objectives.rules.promql.queries import (
    COUNTERS,
    SAMPLES,
    adds_by,
    is_one_term,
    selectors_of,
    with_window,
    without_outer_brackets,
)

FRESH: Final = "90s"
"""A value older than this says nothing of the last minute; the server's own measurement has the same limit."""
GAP: Final = "1h"
"""After a longer gap a series is taken as new."""
YOUNG: Final = 300
"""A process younger than these seconds counted all it has just now."""
HISTOGRAM_WINDOW: Final = "2m"
ONE_MINUTE: Final = "59s999ms"
RATE_WINDOW: Final = "5m"
_OPERATORS: Final = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(frozen=True, slots=True)
class Minute:
    """The expressions of bad and total events of one minute.

    Attributes:
        first: which of them is recorded first; the other may name it as {bad} or {total}.
        events: whether these are events; otherwise minutes are weighed, each the same.
    """

    total: str
    bad: str
    events: bool
    first: str = "total"


def minute_of(definition: Definition, ignored: str) -> Minute | None:
    """How a definition's minute is counted; `ignored` are the labels that recorded series have of their own."""
    queries = definition.queries
    if queries is None:
        return None
    if queries.gauge:
        gauge = with_window(queries.gauge, RATE_WINDOW)
        held = f"({gauge}) {_OPERATORS.get(queries.operator, '<=')} bool {queries.value:f}"
        return Minute(f"({held}) * 0 + 1", f"1 - ({held})", events=False)
    if queries.up:
        by = f" by ({', '.join(queries.grouping)}) " if queries.grouping else ""
        return Minute(f"count{by}({queries.up})", f"count{by}({queries.up}) - sum{by}({queries.up})", events=False)
    if queries.fraction_below:
        return _of_histogram(queries)
    return _of_counts(queries, ignored)


def _of_histogram(queries: Queries) -> Minute:
    rate = with_window(queries.total, HISTOGRAM_WINDOW).replace("increase(", "rate(")
    count = f"histogram_count({rate}) * 60"
    within = f"histogram_fraction(0, {queries.fraction_below}, {rate})"
    return Minute(count, f"({count}) * (1 - {within} >= 0)\nor\n({count}) * 0", events=True)


def _of_counts(queries: Queries, ignored: str) -> Minute | None:
    name, part, total = ("good", queries.good, queries.total) if queries.good else ("bad", queries.bad, queries.total)
    if queries.error_ratio:
        name, part, total = split_ratio(queries.error_ratio)
        if not name:
            return _of_ratio(queries.error_ratio)
    if not total:
        return None
    if not all(adds_by(query) in (COUNTERS, SAMPLES) for query in (part, total)):
        ratio = f"({part}) / ({total})"
        return _of_ratio(ratio if name == "bad" else f"1 - ({ratio})")
    counted, whole = _alone(_last_minute(part)), _alone(_last_minute(total))
    if name == "good":
        # Where the good series is missing nothing is known, so the total is left out too.
        return Minute(f"{whole}\nand ignoring ({ignored})\n{{bad}}", f"{whole}\n-\n{counted}", events=True, first="bad")
    # An error series that never appeared is no error; a total that is missing is no measurement.
    bad = (
        f"(\n  {_indented(counted)}\n  or ignoring ({ignored})\n  0 * {{total}}\n)\nand ignoring ({ignored})\n{{total}}"
    )
    return Minute(whole, bad, events=True)


def _of_ratio(ratio: str) -> Minute:
    """A minute whose ratio alone is known; one that is no number is left out."""
    now = f"({with_window(ratio, RATE_WINDOW)})"
    return Minute(f"({now} >= 0) * 0 + 1", f"clamp_max({now} >= 0, 1)", events=False)


def _alone(query: str) -> str:
    """The query in brackets, where an operator beside it would bind one of its parts."""
    return query if is_one_term(query) else f"({query})"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _last_minute(query: str) -> str:
    """The query's count of the last minute."""
    query = without_outer_brackets(query)
    if adds_by(query) == SAMPLES:
        return with_window(query, ONE_MINUTE)
    parts, at = [], 0
    for one in selectors_of(query):
        if one.has_window:
            before, after = query[: one.call_at].rstrip(), query[one.call_end :].lstrip()
            alone = before.endswith("(") and after.startswith(")")
            parts += [query[at : one.call_at], added(one.text) if alone else f"({added(one.text)})"]
            at = one.call_end
    return "".join(parts) + query[at:]


def added(selector: str) -> str:
    """What a counter has added in the last minute, as whole numbers.

    The difference to its last value up to an hour ago; after a reset, all it has; for a series that was not there
    while its target was being read, or whose process is young, all it has; for any other new series nothing yet.
    """
    now, before = f"last_over_time({selector}[{FRESH}])", f"last_over_time({selector}[{GAP}] offset 1m)"
    known = f"(up offset 1m == 1 or time() - process_start_time_seconds < {YOUNG})"
    return f"\n  {now}\n  - {before} >= 0\n  or {now}\n  and {before}\n  or {now}\n  and on (job, instance) {known}\n"


def is_sliced(definition: Definition) -> bool:
    """Whether its budget is counted in slices of time."""
    return definition.method != OCCURRENCES and definition.slice_minutes is not None


def slice_of(definition: Definition, bad: str, total: str) -> tuple[str, str]:
    """The (total, bad) of a minute's slice: every measured minute is one, judged by the slice that ends in it."""
    minutes = definition.slice_minutes or 1
    lost, whole = bad, total
    if minutes > 1:
        lost, whole = (f"sum_over_time({series}[{just_under(minutes)}])" for series in (bad, total))
    ratio = f"{lost} / ({whole} > 0)"
    if definition.method == RATIO_TIMESLICES:
        return f"{total} * 0 + 1", f"{ratio}\nor\n{total} * 0"
    limit = 1 - (definition.slice_target or definition.target)
    return f"{total} * 0 + 1", f"({ratio}) > bool {limit.normalize():f}\nor\n{total} * 0"
