"""Whether one query can only count what another counts too, as far as metric names and label matchers tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Final

from roadbed.reliability.objectives.rules.promql.queries import Chosen, selectors_of
from roadbed.reliability.objectives.rules.selectors import may_never_end

SUBSET, NOT_SUBSET, UNSURE = "subset", "not a subset", "unsure"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./ :-]*")
_HISTOGRAM: Final = re.compile(r"_(?:bucket|count|sum)$")
_MOST: Final = 200


def relation(part: str, whole: str) -> tuple[str, str]:
    """How the series of one query lie to those of another, and why it is so where they are no subset.

    Only a query of one selector over one of one selector is judged, and only where it is sure.
    """
    inner, outer = selectors_of(part), selectors_of(whole)
    if len(inner) != 1 or len(outer) != 1:
        return UNSURE, ""
    return _lies(inner[0], outer[0])


def _lies(inner: Chosen, outer: Chosen) -> tuple[str, str]:
    sure = inner.metric == outer.metric
    if not sure and _HISTOGRAM.sub("", inner.metric) != _HISTOGRAM.sub("", outer.metric):
        return UNSURE, ""
    for matcher in outer.matchers:
        if matcher in inner.matchers or matcher[0] in ("le", "__name__"):
            continue
        verdict, why = _held(matcher, inner)
        if verdict == NOT_SUBSET:
            return NOT_SUBSET, why
        sure = sure and verdict == SUBSET
    return (SUBSET, "") if sure else (UNSURE, "")


def _held(matcher: tuple[str, str, str], inner: Chosen) -> tuple[str, str]:
    """Whether all that the inner selector takes passes a matcher of the outer one."""
    label, operator, value = matcher
    text = f'{label}{operator}"{value}"'
    own = [one for one in inner.matchers if one[0] == label]
    if not own:
        return NOT_SUBSET, f"it takes series of any {label}, and the total only those with {text}"
    hard = any(one[1] in ("=~", "!~") and may_never_end(one[2]) for one in (matcher, *own))
    values = None if hard else _values(own)
    if values is None:
        return UNSURE, ""
    for one in values:
        if not _passes(one, operator, value):
            return NOT_SUBSET, f'it takes {label}="{one}", and the total only {text}'
    return SUBSET, ""


def _values(matchers: Iterable[tuple[str, str, str]]) -> set[str] | None:
    """The values that matchers of one label leave, where they name them all."""
    left: set[str] | None = None
    for _, operator, value in matchers:
        named = {value} if operator == "=" else _alternatives(value) if operator == "=~" else None
        if named is not None:
            left = named if left is None else left & named
    if left is None:
        return None
    return {one for one in left if all(_passes(one, operator, value) for _, operator, value in matchers)}


def _alternatives(pattern: str) -> set[str] | None:
    """Example values of a pattern: all alternatives where it is plain text; a digit stands for each dot of `5..`."""
    parts = pattern.removeprefix("(").removesuffix(")").split("|")
    made: set[str] = set()
    for part in parts:
        if re.fullmatch(r"[1-5](?:\.\.|xx|\[0-9\]\{2\}|\\d\\d)", part):
            made |= {part[0] + a + b for a, b in product("09", "03")}
        elif _PLAIN.fullmatch(part) and "." not in part:
            made.add(part)
        else:
            return None
    return made if len(made) <= _MOST else None


def _passes(value: str, operator: str, wanted: str) -> bool:
    if operator in ("=", "!="):
        return (value == wanted) == (operator == "=")
    try:
        found = re.fullmatch(wanted, value) is not None
    except re.error:
        return True
    return found == (operator == "=~")
