"""Faults of a query beyond its brackets: what stands beside what, and functions that Prometheus has not."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise
from typing import Final

from roadbed.reliability.objectives.rules.promql.tokens import DURATION, NAME, NUMBER, SIGN, TEXT, tokens_of

MODIFIERS: Final = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
WORDS: Final = frozenset({"and", "or", "unless", "offset", "bool", "atan2", "start", "end"}) | MODIFIERS
# fmt: off
AGGREGATES: Final = frozenset({
    "sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile",
    "limitk", "limit_ratio",
})
FUNCTIONS: Final = AGGREGATES | {
    "abs", "absent", "absent_over_time", "acos", "acosh", "asin", "asinh", "atan", "atanh", "avg_over_time", "ceil",
    "changes", "clamp", "clamp_max", "clamp_min", "cos", "cosh", "count_over_time", "day_of_month", "day_of_week",
    "day_of_year", "days_in_month", "deg", "delta", "deriv", "double_exponential_smoothing", "exp", "floor",
    "histogram_avg", "histogram_count", "histogram_fraction", "histogram_quantile", "histogram_stddev",
    "histogram_stdvar", "histogram_sum", "holt_winters", "hour", "idelta", "increase", "info", "irate", "label_join",
    "label_replace", "last_over_time", "ln", "log10", "log2", "mad_over_time", "max_over_time", "min_over_time",
    "minute", "month", "pi", "predict_linear", "present_over_time", "quantile_over_time", "rad", "rate", "resets",
    "round", "scalar", "sgn", "sin", "sinh", "sort", "sort_by_label", "sort_by_label_desc", "sort_desc", "sqrt",
    "stddev_over_time", "stdvar_over_time", "sum_over_time", "tan", "tanh", "time", "timestamp", "vector", "year",
}
# fmt: on
_VALUES: Final = (NAME, NUMBER, TEXT, DURATION)


def misplaced(query: str) -> tuple[str, int] | None:
    """Two values side by side without an operator, and where; None if there are none."""
    tokens, opened = tokens_of(query), list[bool]()
    grouped = False
    for number, token in enumerate(tokens[:-1]):
        after = tokens[number + 1]
        if token.kind == SIGN and token.text in "([{":
            opened.append(token.text == "(" and number > 0 and tokens[number - 1].text in MODIFIERS)
        ends = token.kind in _VALUES and token.text not in WORDS
        if token.kind == SIGN and token.text in ")]}":
            grouped = opened.pop() if opened else False
            ends = not grouped
        begins = after.kind in (NAME, NUMBER, TEXT) and after.text not in WORDS
        if ends and begins and not (token.kind == NAME and after.text in MODIFIERS):
            return f"{after.text!r} follows {token.text!r} without an operator", after.at
    return None


def unknown_function(query: str) -> tuple[str, str] | None:
    """A function that Prometheus has not, with the nearest that it has."""
    tokens = tokens_of(query)
    for token, after in pairwise(tokens):
        called = token.kind == NAME and after.text == "(" and token.text not in WORDS
        if called and token.text not in FUNCTIONS:
            near = get_close_matches(token.text, sorted(FUNCTIONS), n=1)
            return token.text, near[0] if near else ""
    return None
