"""How alike two incidents are, and in what: title, factors, service, alerts; pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from roadbed.reliability.reviews.rules.finding import terms_of

SAME_FACTOR: Final = 0.55
"""Shares of rare words in common from which two factors of one kind are the same one."""

SHOWN: Final = 0.2
"""Less alike than this says nothing."""

WEIGHTS: Final = {"factor": 0.45, "alert": 0.3, "title": 0.25, "service": 0.15}


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as it is compared. `factors` are pairs of kind and text."""

    uid: str
    name: str
    title: str
    service_uid: str
    service: str
    started_at: datetime
    ended_at: datetime
    factors: tuple[tuple[str, str], ...] = ()
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """A case with how alike it is from 0 to 1, and why, the strongest reason first."""

    case: Case
    score: float
    reasons: tuple[str, ...]


def overlap(left: str, right: str) -> float:
    """How many of their words two texts share, from 0 to 1: the cosine of their counts."""
    (one, first), (other, second) = _counted(left), _counted(right)
    if not first or not second:
        return 0.0
    return sum(many * other[word] for word, many in one.items() if word in other) / (first * second)


@lru_cache(maxsize=16_384)
def _counted(text: str) -> tuple[dict[str, int], float]:
    """Its words with how often they come, and the length of that vector; texts come again for each page."""
    counts = dict(Counter(terms_of(text)))
    return counts, math.sqrt(sum(many * many for many in counts.values()))


def same_factors(mine: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs of texts, one's own first, of factors of one kind that say the same."""
    return tuple(
        (text, said)
        for kind, text in mine
        for other, said in theirs
        if kind == other and overlap(text, said) >= SAME_FACTOR
    )


def alike(case: Case, others: Iterable[Case], *, most: int = 5) -> tuple[Alike, ...]:
    """The most similar cases, the likest first, and of equals the newest."""
    found = [one for one in (_compared(case, other) for other in others if other.uid != case.uid) if one is not None]
    return tuple(sorted(found, key=lambda one: (-one.score, -one.case.started_at.timestamp()))[:most])


def _compared(case: Case, other: Case) -> Alike | None:
    score, reasons = 0.0, []
    shared = same_factors(case.factors, other.factors)
    if shared:
        score += WEIGHTS["factor"]
        reasons.append(f"Shares the factor “{shared[0][1]}”" + (f" and {len(shared) - 1} more" * (len(shared) > 1)))
    prints = set(case.fingerprints) & set(other.fingerprints)
    if prints:
        score += WEIGHTS["alert"]
        reasons.append("The same alert")
    titles = overlap(case.title, other.title)
    if titles >= SHOWN:
        score += WEIGHTS["title"] * titles
        reasons.append("A title of much the same words")
    if case.service_uid == other.service_uid:
        score += WEIGHTS["service"]
        reasons.append(f"Also on {other.service}")
    kinds = {kind for kind, _ in case.factors} & {kind for kind, _ in other.factors}
    score += 0.05 * len(kinds)
    return Alike(other, min(score, 1.0), tuple(reasons)) if score >= SHOWN and reasons else None
