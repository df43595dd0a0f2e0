"""Owns which counters are asked for together: one request for all that share a metric, taken apart again here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from roadbed.ground.ports.counts import Counters

TOGETHER: Final = 200
"""Selectors in one request; beyond it the server's regular expression grows long."""


@dataclass(frozen=True, slots=True)
class Group:
    """Counters that one request answers, or all parts of some native histograms.

    `split_by` is the label whose value tells most of them apart.
    """

    selector: str
    members: tuple[Counters, ...]
    split_by: str = ""

    @property
    def part(self) -> str:
        """Which part of native histograms its members are, where all are the same."""
        return self.members[0].part

    def apart(self) -> Iterator[Group]:
        """The same by parts."""
        for part in dict.fromkeys(one.part for one in self.members):
            yield replace(self, members=tuple(one for one in self.members if one.part == part))


def groups_of(counters: Iterable[Counters]) -> Iterator[Group]:
    """Groups that together answer all counters, each once."""
    by_metric: dict[str, list[Counters]] = {}
    parts: dict[str, list[Counters]] = {}
    for one in dict.fromkeys(counters):
        if one.part:
            parts.setdefault(one.text, []).append(one)
        elif one.metric and _matches_alike(one):
            by_metric.setdefault(one.metric, []).append(one)
        else:
            yield Group(one.text, (one,))
    for text, members in parts.items():
        yield Group(text, tuple(members))
    for metric, members in by_metric.items():
        members.sort(key=lambda one: one.matchers)
        for start in range(0, len(members), TOGETHER):
            yield _grouped(metric, tuple(members[start : start + TOGETHER]))


def _grouped(metric: str, members: tuple[Counters, ...]) -> Group:
    if len(members) == 1:
        return Group(_written(metric, members[0].matchers), members)
    shared = set(members[0].matchers).intersection(*(one.matchers for one in members[1:]))
    values: dict[str, set[str]] = {}
    equal = [{label: value for label, sign, value in one.matchers if sign == "="} for one in members]
    for label in set(equal[0]).intersection(*equal[1:]):
        found = {one[label] for one in equal}
        if len(found) > 1:
            values[label] = found
    wider = tuple((label, "=~", "|".join(sorted(map(_quoted, found)))) for label, found in sorted(values.items()))
    split_by = max(values, key=lambda label: (len(values[label]), label), default="")
    return Group(_written(metric, (*sorted(shared), *wider)), members, split_by)


def _quoted(value: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", value)


def _written(metric: str, matchers: Iterable[tuple[str, str, str]]) -> str:
    inner = ",".join(f'{label}{sign}"{_escaped(value)}"' for label, sign, value in matchers)
    return f"{metric}{{{inner}}}" if inner else metric


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def selected(one: Counters, labels: Mapping[str, str]) -> bool:
    """Whether a series of the metric is meant; a label that is not there is the empty text, as in Prometheus."""
    for label, sign, value in one.matchers:
        found = labels.get(label, "")
        if sign in ("=", "!="):
            holds = (found == value) == (sign == "=")
        else:
            holds = (_compiled(value).fullmatch(found) is not None) == (sign == "=~")
        if not holds:
            return False
    return True


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


_PLAIN: Final = re.compile(r"[\w\s/:;,<>=!@#%&\"'`~\-|.+*?()\[\]^$]*", re.ASCII)


def _matches_alike(one: Counters) -> bool:
    """Whether its patterns mean the same here as in the server; others are left to the server."""
    return all(
        sign in ("=", "!=") or (_PLAIN.fullmatch(value) and "(?" not in value) for _, sign, value in one.matchers
    )
