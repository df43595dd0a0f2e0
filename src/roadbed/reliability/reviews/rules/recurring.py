"""Whether it happened again: later incidents that share a factor, a fingerprint or the service; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.reviews.rules.likeness import Case, same_factors

LOOKED_AFTER: Final = timedelta(days=90)
RECURRED, NOT, UNKNOWN, EARLY = "recurred", "not", "unknown", "early"
VERDICTS: Final = {
    RECURRED: "Recurred",
    NOT: "Did not recur",
    UNKNOWN: "Cannot be said",
    EARLY: "Too early",
}


@dataclass(frozen=True, slots=True)
class Again:
    """A later incident and what it shares."""

    name: str
    title: str
    started_at: datetime
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What 90 days showed.

    Attributes:
        factors, fingerprints, service: later incidents that share a factor, an alert's fingerprint, the service.
        unnamed: later incidents of the service whose factors nobody has named yet.
    """

    verdict: str
    factors: int
    fingerprints: int
    service: int
    unnamed: int
    again: tuple[Again, ...]


def judge(case: Case, later: Sequence[Case], *, now: datetime) -> Judgement:
    """What the incidents say that began after this one ended, in the 90 days since.

    The same factor or the same alert makes it recurred; the same service alone does not. While incidents of the service
    have no factors and nothing else recurred, it cannot be said.
    """
    until = case.ended_at + LOOKED_AFTER
    within = [one for one in later if one.uid != case.uid and case.ended_at <= one.started_at <= until]
    again, factors, prints, service, unnamed = [], 0, 0, 0, 0
    for one in sorted(within, key=lambda each: each.started_at):
        shared = same_factors(case.factors, one.factors)
        alike = set(case.fingerprints) & set(one.fingerprints)
        same = one.service_uid == case.service_uid
        factors, prints, service = factors + bool(shared), prints + bool(alike), service + same
        unnamed += same and not one.factors
        shares = [f"the factor “{mine}”" for mine, _ in shared]
        shares += ["the same alert"] * bool(alike)
        if shares:
            again.append(Again(one.name, one.title, one.started_at, tuple(shares)))
    if again:
        verdict = RECURRED
    elif now < until:
        verdict = EARLY
    else:
        verdict = UNKNOWN if unnamed else NOT
    return Judgement(verdict, factors, prints, service, unnamed, tuple(again))
