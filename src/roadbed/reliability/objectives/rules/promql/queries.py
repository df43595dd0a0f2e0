"""What a query counts: its selectors, its window, and whether it can be counted minute by minute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.promql.tokens import NAME, NUMBER, SIGN, WINDOW, Token, tokens_of

COUNTERS, SAMPLES, WHOLE = "counters", "samples", "whole"
"""How a query adds up over time: increments of counters, samples of series, or not at all."""

_RATES: Final = frozenset({"rate", "increase", "irate"})
_ADDS: Final = frozenset({"sum_over_time", "count_over_time"})
_AGGREGATES: Final = frozenset({"sum", "count", "avg", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk"})
_KEYWORDS: Final = frozenset(
    {"by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "atan2"}
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selector with its matchers as text, and the range behind it, if any."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    text: str
    at: int
    end: int
    ranged: tuple[Token, ...] = ()
    function: str = ""
    call_at: int = -1
    call_end: int = -1

    @property
    def has_window(self) -> bool:
        return any(token.kind == WINDOW for token in self.ranged)


@lru_cache(maxsize=1024)
def selectors_of(query: str) -> tuple[Chosen, ...]:
    """Every vector selector of a query, in order."""
    tokens = tokens_of(query)
    return tuple(_selectors(query, tokens))


def _selectors(query: str, tokens: tuple[Token, ...]) -> Iterator[Chosen]:
    number = 0
    while number < len(tokens):
        token = tokens[number]
        following = tokens[number + 1].text if number + 1 < len(tokens) else ""
        if token.text in ("by", "without", "on", "ignoring", "group_left", "group_right") and following == "(":
            number = _closing(tokens, number + 1)
        elif (token.kind == NAME and following != "(" and _is_metric(tokens, number)) or (
            token.text == "{" and token.kind == SIGN
        ):
            number, found = _selector(query, tokens, number)
            yield found
            continue
        number += 1


def _is_metric(tokens: tuple[Token, ...], number: int) -> bool:
    text = tokens[number].text
    if text in _KEYWORDS or text.lower() in ("nan", "inf"):
        return False
    following = tokens[number + 1].text if number + 1 < len(tokens) else ""
    return not (text in _AGGREGATES and following in ("by", "without"))


def _closing(tokens: tuple[Token, ...], number: int) -> int:
    """The index of the bracket that closes the one at `number`, or the last token's."""
    depth = 0
    for index in range(number, len(tokens)):
        if tokens[index].kind == SIGN:
            depth += (tokens[index].text in "([{") - (tokens[index].text in ")]}")
            if depth == 0:
                return index
    return len(tokens) - 1


def _selector(query: str, tokens: tuple[Token, ...], number: int) -> tuple[int, Chosen]:
    first, start, metric = number, tokens[number], ""
    if start.kind == NAME:
        metric, number = start.text, number + 1
    matchers: tuple[tuple[str, str, str], ...] = ()
    end = start.end
    if number < len(tokens) and tokens[number].text == "{":
        closing = _closing(tokens, number)
        matchers = tuple(_matchers(tokens[number + 1 : closing]))
        number, end = closing + 1, tokens[closing].end
    ranged: tuple[Token, ...] = ()
    if number < len(tokens) and tokens[number].text == "[":
        closing = _closing(tokens, number)
        ranged, number = tokens[number + 1 : closing], closing + 1
    function, call_at, call_end = _call(tokens, first, number)
    named = {label: value for label, operator, value in matchers if operator == "="}
    return number, Chosen(
        metric or named.get("__name__", ""), matchers, query[start.at : end], start.at, end, ranged,
        function, call_at, call_end,
    )  # fmt: skip


def _call(tokens: tuple[Token, ...], first: int, after: int) -> tuple[str, int, int]:
    """The function that has the selector as its only argument, and where the call begins and ends."""
    if first < 2 or tokens[first - 1].text != "(" or after >= len(tokens) or tokens[after].text != ")":  # noqa: PLR2004 - name and bracket
        return "", -1, -1
    name = tokens[first - 2]
    return (name.text, name.at, tokens[after].end) if name.kind == NAME else ("", -1, -1)


def _matchers(tokens: tuple[Token, ...]) -> Iterator[tuple[str, str, str]]:
    for number in range(len(tokens) - 2):
        label, operator, value = tokens[number : number + 3]
        if label.kind == NAME and operator.text in ("=", "!=", "=~", "!~") and value.kind == "text":
            yield label.text, operator.text, value.text[1:-1]


@lru_cache(maxsize=1024)
def adds_by(query: str) -> str:
    """How the query adds up: COUNTERS and SAMPLES can be counted minute by minute, WHOLE cannot."""
    chosen = selectors_of(query)
    windows = sum(token.kind == WINDOW for token in tokens_of(query))
    if not chosen or windows == 0 or windows != sum(one.has_window for one in chosen):
        return WHOLE
    if any(one.has_window and len(one.ranged) != 1 for one in chosen):
        return WHOLE
    functions = {one.function for one in chosen if one.has_window}
    if any(not one.has_window and one.ranged for one in chosen):
        return WHOLE
    if _bends(tokens_of(query)):
        return WHOLE
    if functions <= _RATES:
        return COUNTERS
    return SAMPLES if functions <= _ADDS else WHOLE


def _bends(tokens: tuple[Token, ...]) -> bool:
    """Whether something in the query makes the sum of its minutes differ from the whole."""
    for number, token in enumerate(tokens):
        if token.kind == NAME and token.text in _BENDING:
            return True
        if token.kind == SIGN and token.text in ("*", "/", "%", "^"):
            sides = (*tokens[max(number - 1, 0) : number], *tokens[number + 1 : number + 2])
            if not any(side.kind == NUMBER for side in sides):
                return True
    return False


_BENDING: Final = frozenset(
    {"histogram_quantile", "max", "min", "avg", "quantile", "topk", "bottomk", "stddev", "stdvar", "abs", "ceil", "exp"}
    | {
        "floor",
        "ln",
        "log2",
        "log10",
        "round",
        "sqrt",
        "deriv",
        "histogram_fraction",
        "clamp",
        "clamp_min",
        "clamp_max",
    }
)
"""Functions of which the sum of minutes is not the whole."""


def with_window(query: str, window: str) -> str:
    """The query over one window."""
    parts, at = [], 0
    for token in tokens_of(query):
        if token.kind == WINDOW:
            parts += [query[at : token.at], window]
            at = token.end
    return "".join(parts) + query[at:]


def without_outer_brackets(query: str) -> str:
    """The query without brackets that hold all of it."""
    query = query.strip()
    tokens = tokens_of(query)
    while tokens and tokens[0].text == "(" and _closing(tokens, 0) == len(tokens) - 1:
        query = query[tokens[0].end : tokens[-1].at].strip()
        tokens = tokens_of(query)
    return query


_BINARY: Final = frozenset({"+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">=", "and", "or", "unless"})


def is_one_term(query: str) -> bool:
    """Whether no operator stands at the outermost level of the query."""
    depth = 0
    for token in tokens_of(query):
        if token.kind == SIGN:
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and token.text in _BINARY:
            return False
    return True


def divided(query: str) -> tuple[str, str] | None:
    """Both sides of a query that is one division of two sums at its outermost level; None for any other."""
    query = without_outer_brackets(query)
    tokens, depth, slashes = tokens_of(query), 0, []
    for token in tokens:
        if token.kind == SIGN:
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text == "/":
                slashes.append(token)
            elif depth == 0 and token.text in ("+", "-", "*", "%", "^", "==", "!=", "<", ">", "<=", ">="):
                return None
        elif depth == 0 and token.text in (
            "and",
            "or",
            "unless",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "bool",
        ):
            return None
    if len(slashes) != 1:
        return None
    above, below = query[: slashes[0].at].strip(), query[slashes[0].end :].strip()
    return (above, below) if above and below else None


_ONE_MINUS: Final = re.compile(r"\s*1(?:\.0*)?\s*-\s*(?=[(a-zA-Z_])")


def one_minus(query: str) -> str | None:
    """What is taken from one in a query such as `1 - (a / b)`; None where it is not that."""
    query = without_outer_brackets(query)
    found = _ONE_MINUS.match(query)
    if found is None:
        return None
    rest = query[found.end() :].strip()
    depth = 0
    for token in tokens_of(rest):
        if token.kind == SIGN:
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text in ("+", "-", "*", "%"):
                return None
    return rest


def guards_absence(query: str) -> bool:
    """Whether the query says what to take where it finds no series: `or vector(0)` and the like."""
    texts = [token.text for token in tokens_of(query)]
    return "or" in texts or "absent" in texts


def grouping_of(query: str) -> tuple[str, ...]:
    """The labels by which the outermost sums keep apart."""
    tokens = tokens_of(query)
    for number, token in enumerate(tokens[:-1]):
        if token.text == "by" and tokens[number + 1].text == "(":
            closing = _closing(tokens, number + 1)
            return tuple(one.text for one in tokens[number + 2 : closing] if one.kind == NAME)
    return ()
