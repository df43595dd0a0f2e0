"""Queries as files write them, brought to one form: counts over WINDOW."""

from __future__ import annotations

import re
from typing import Final

from roadbed.reliability.objectives.rules.definitions import WINDOW
from roadbed.reliability.objectives.rules.promql.queries import Chosen, selectors_of
from roadbed.reliability.objectives.rules.promql.tokens import DURATION, tokens_of
from roadbed.reliability.objectives.rules.promql.tokens import WINDOW as WINDOW_TOKEN

PROMQL_SOURCES: Final = frozenset(
    {"prometheus", "thanos", "mimir", "cortex", "victoriametrics", "grafanamimir", "amazonprometheus", "gcm-prometheus"}
)
"""Names of sources that answer PromQL, in lower case, without spaces."""

_BARE: Final = re.compile(r"\[\s*window\s*\]")
_COUNTING: Final = frozenset({"rate", "increase", "irate"})


def is_promql(source: str) -> bool:
    """Whether a source of this type answers PromQL."""
    return source.lower().replace(" ", "").replace("_", "") in PROMQL_SOURCES


def canonical(query: str) -> str:
    """The query with WINDOW for whatever placeholder it has."""
    query = _BARE.sub(f"[{WINDOW}]", query)
    parts, at = [], 0
    for token in tokens_of(query):
        if token.kind == WINDOW_TOKEN:
            parts += [query[at : token.at], WINDOW]
            at = token.end
    return "".join(parts) + query[at:]


def has_window(query: str) -> bool:
    """Whether the query says where the window goes."""
    return any(token.kind == WINDOW_TOKEN for token in tokens_of(query))


def counter_over_window(query: str) -> str:
    """A query of plain counters as their increase over WINDOW: `sum(a)` becomes `sum(increase(a[WINDOW]))`."""
    chosen = selectors_of(query)
    if any(one.ranged or one.function not in ("", "sum") for one in chosen):
        return query
    return _replaced(query, [(one.at, one.end, f"increase({one.text}[{WINDOW}])") for one in chosen])


def fixed_ranges(query: str) -> tuple[Chosen, ...]:
    """The selectors that are counted over a range that is written out."""
    return tuple(
        one for one in selectors_of(query) if one.function in _COUNTING and [t.kind for t in one.ranged] == [DURATION]
    )


def ranges_as_window(query: str) -> str:
    """The query with WINDOW in place of the ranges that are written out."""
    edits = [(one.ranged[0].at, one.ranged[0].end, WINDOW) for one in fixed_ranges(query)]
    return _replaced(query, edits)


def summed(selector: str, by: tuple[str, ...] = ()) -> str:
    """A selector's increase over WINDOW, summed."""
    kept = f" by ({', '.join(by)}) " if by else ""
    return f"sum{kept}(increase({selector}[{WINDOW}]))"


def with_matcher(selector: str, label: str, value: str) -> str:
    """The selector with one more label matcher, in place of any that it has on that label."""
    found = selectors_of(selector)
    if not found:
        return selector
    one = found[0]
    kept = [f'{name}{operator}"{held}"' for name, operator, held in one.matchers if name != label]
    inner = ",".join([*kept, f'{label}="{value}"'])
    return f"{one.metric}{{{inner}}}"


def renamed(selector: str, metric: str, *, drop: str = "") -> str:
    """The selector under another metric name, without its matchers on one label."""
    one = selectors_of(selector)[0]
    kept = ",".join(f'{name}{operator}"{held}"' for name, operator, held in one.matchers if name != drop)
    return f"{metric}{{{kept}}}" if kept else metric


def _replaced(query: str, edits: list[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, text in edits:
        parts += [query[at:start], text]
        at = end
    return "".join(parts) + query[at:]
