"""Which counters of a metrics page are meant: a name and label matchers, written as Prometheus writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_SELECTOR: Final = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\}\s*)?", re.DOTALL)
_MATCHER: Final = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)')
_LONGEST: Final = 500
_ESCAPES: Final = {"n": "\n", '"': '"', "\\": "\\"}
_NESTED: Final = re.compile(r"[*+}][^|]*\)[*+{]|\\[1-9]|\(\?")
"""Repeats of repeats, back references and look-arounds: what makes a search take for ever. RE2 lacks most of it too."""


class SelectorError(ValueError):
    """The text is no selector; the message says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; a label that is not there is the empty string, as in Prometheus."""

    label: str
    operator: str
    value: str

    def holds(self, labels: Mapping[str, str]) -> bool:
        found = labels.get(self.label, "")
        if self.operator in ("=", "!="):
            return (found == self.value) == (self.operator == "=")
        return (_compiled(self.value).fullmatch(found) is not None) == (self.operator == "=~")

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.label}{self.operator}"{value}"'


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric name with matchers."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def selects(self, key: str) -> bool:
        """Whether a counter kept under this key is meant."""
        metric, labels = parts_of(key)
        return metric == self.metric and all(matcher.holds(labels) for matcher in self.matchers)

    def summed(self, counters: Mapping[str, int]) -> int | None:
        """The sum of the counters meant; None when none is there."""
        found = [value for key, value in counters.items() if self.selects(key)]
        return sum(found) if found else None

    def __str__(self) -> str:
        inner = ", ".join(str(matcher) for matcher in self.matchers)
        return f"{self.metric}{{{inner}}}" if inner else self.metric


def may_never_end(pattern: str) -> bool:
    """Whether matching the pattern may take longer than anybody waits."""
    return _NESTED.search(pattern) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def key_of(metric: str, labels: tuple[tuple[str, str], ...]) -> str:
    """A counter's name and labels as one string, the same whatever their order on the page."""
    return json.dumps([metric, sorted(labels)], separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=20_000)
def parts_of(key: str) -> tuple[str, Mapping[str, str]]:
    """The name and the labels again; an edge counter's key is its name alone."""
    if not key.startswith("["):
        return key, {}
    metric, labels = json.loads(key)
    return metric, dict(labels)


@lru_cache(maxsize=4096)
def selector_of(text: str) -> Selector:
    """The selector of a text like `http_requests_total{status=~"2..", path!="/healthz"}`.

    Raises:
        SelectorError: saying what is wrong.
    """
    found = _SELECTOR.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise SelectorError(f"{text[:80]!r} is not a counter's name with label matchers")
    matchers, rest = [], (found[2] or "").strip()
    while rest:
        one = _MATCHER.match(rest)
        if one is None:
            raise SelectorError(f"{rest[:80]!r} is not a label matcher")
        matchers.append(_matcher(one))
        rest = rest[one.end() :].strip()
    return Selector(found[1], tuple(matchers))


def _matcher(found: re.Match[str]) -> Matcher:
    value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), found[3])
    if found[2] in ("=~", "!~"):
        if may_never_end(value):
            raise SelectorError(f"the pattern {value!r} repeats repeats or looks around, which may never end")
        try:
            _compiled(value)
        except re.error as fault:
            raise SelectorError(f"the pattern {value!r} is broken: {fault}") from None
    return Matcher(found[1], found[2], value)
