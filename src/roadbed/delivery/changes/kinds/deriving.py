"""Adds up what speaks for each kind of change, with the evidence for the one for which most speaks."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from typing import Final

from roadbed.delivery.changes.kinds.reading import Listed
from roadbed.delivery.changes.kinds.signals import Signal, signals
from roadbed.delivery.changes.kinds.values import FEATURE, KINDS, Change, Derived, Evidence
from roadbed.delivery.changes.kinds.weights import WEIGHTS

Weights = Mapping[str, tuple[int, ...]]
IN_DOUBT: Final = 6
"""Points for a feature beforehand: what is not understood must not pass the gate unseen."""
SCALE: Final = 10
"""Points that make one thing e times as likely as another; weights are whole numbers of points."""
MUTE: Final = frozenset({"paths", "diff", "author"})
TELLING: Final = frozenset({"nothing that runs", "dependencies only"})
"""Files that say enough by themselves."""
_NOTHING: Final = (0,) * len(KINDS)


def derive(change: Change, *, weights: Weights = WEIGHTS, without: Container[Listed] = ()) -> Derived:
    """The kind for which most speaks. Where nothing speaks, a feature: the gate's severer rule."""
    found = signals(change, without)
    rows = [weights.get(one.key, _NOTHING) for one in found]
    sums = [sum(row[at] for row in rows) + (IN_DOUBT if kind == FEATURE else 0) for at, kind in enumerate(KINDS)]
    best = max(range(len(KINDS)), key=lambda at: (sums[at], -at) if _is_grounded(found, rows, at) else (-math.inf, -at))
    said = [_evidence(one, KINDS[best], row[best]) for one, row in zip(found, rows, strict=True) if row[best] > 0]
    if KINDS[best] == FEATURE:
        said.append(Evidence("nothing else", "", "", FEATURE, float(IN_DOUBT)))
    evidence = tuple(sorted(said, key=lambda one: -one.points))
    return Derived(kind=KINDS[best], confidence=_share(sums, best), evidence=evidence)


def _is_grounded(found: tuple[Signal, ...], rows: list[tuple[int, ...]], at: int) -> bool:
    """Whether more than size and files speaks for a kind: what passes the gate needs a word, and a feature none."""
    return KINDS[at] == FEATURE or any(
        row[at] > 0 and (one.where not in MUTE or one.name in TELLING) for one, row in zip(found, rows, strict=True)
    )


def _evidence(one: Signal, kind: str, points: int) -> Evidence:
    return Evidence(one.name, one.where, one.words, kind, float(points))


def _share(sums: list[int], best: int) -> float:
    """How likely the points make the best among all."""
    odds = [math.exp((one - max(sums)) / SCALE) for one in sums]
    return round(odds[best] / sum(odds), 3)
