"""Change lead time: which pairs of a change and its deployment count, in which hours, and stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.values import Carried, Judged

STAGES: Final = (
    ("coding", "First commit to first review"),
    ("review", "First review to merge"),
    ("waiting", "Merge to start of the deployment"),
    ("deploying", "Start of the deployment to live"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A change and the deployment that brought it."""

    at: datetime
    carried: Carried


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's share of lead time, over the changes whose both ends are known; None where none is.

    Attributes:
        n: changes that it rests on; `of` is how many have a lead time at all.
        p50, p75, p90: seconds.
    """

    name: str
    title: str
    n: int
    of: int
    p50: float | None
    p75: float | None
    p90: float | None


def pairs_of(counted: Sequence[Judged], *, once: bool) -> list[Pair]:
    """Pairs oldest first. `once`: a change that went to several services counts once, at its latest arrival."""
    if not once:
        return [Pair(one.at, carried) for one in counted for carried in one.carried]
    latest: dict[str, Pair] = {}
    for one in counted:
        for carried in one.carried:
            latest[carried.sha] = Pair(one.at, carried)
    return list(latest.values())


def seconds_of(pairs: Iterable[Pair], hours: Hours | None = None) -> list[float]:
    """Lead times in order; in working hours where those are given. Pairs with a wrong clock have none."""
    return sorted(one for pair in pairs if (one := _span(pair, 0.0, pair.carried.seconds, hours)) is not None)


def _span(pair: Pair, begin: float | None, end: float | None, hours: Hours | None) -> float | None:
    whole = pair.carried.seconds
    if whole is None or begin is None or end is None:
        return None
    if hours is None:
        return end - begin
    began = pair.at - timedelta(seconds=whole)
    return hours.seconds(began + timedelta(seconds=begin), began + timedelta(seconds=end))


def spans_of(pairs: Sequence[Pair], hours: Hours | None = None) -> tuple[list[float], ...]:
    """The four stages' seconds in order. Without a review, the time from first commit to merge is in no stage."""
    found: tuple[list[float], ...] = tuple([] for _ in STAGES)
    for pair in pairs:
        one = pair.carried
        marks = (0.0, one.reviewed, one.merged, one.started, one.seconds)
        for spans, (begin, end) in zip(found, pairwise(marks), strict=True):
            if (span := _span(pair, begin, end, hours)) is not None:
                spans.append(span)
    for spans in found:
        spans.sort()
    return found


def stages_of(spans: Sequence[estimates.Ordered], *, of: int) -> tuple[Stage, ...]:
    """The four stages of the changes that have a lead time; each from its seconds in order."""
    return tuple(
        Stage(name, title, len(each), of, *(estimates.quantile(each, share) for share in (0.5, 0.75, 0.9)))
        for (name, title), each in zip(STAGES, spans, strict=True)
    )
