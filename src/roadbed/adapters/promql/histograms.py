"""Owns native histograms: how many events they hold, and how many at or under a bound, sample by sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

COUNT: Final = "count"
BELOW: Final = "below:"
Sample = tuple[float, str, float]
"""Seconds since 1970, the value as text, and the count of all events, by which a restart shows."""


def samples_of(histograms: Iterable[Any], part: str) -> Iterator[Sample]:
    """A part of every histogram of a series."""
    for at, held in histograms:
        yield float(at), value_of(held, part), float(held.get("count", "NaN"))


def value_of(held: Mapping[str, Any], part: str) -> str:
    """The count of a histogram's events, or of those at or under a bound.

    A bound inside a bucket takes its share of it, as if the events lay evenly, as `histogram_fraction` does.
    """
    if part == COUNT:
        return str(held.get("count", "NaN"))
    bound = float(part.removeprefix(BELOW))
    return repr(math.fsum(_under(bucket, bound) for bucket in held.get("buckets") or ()))


def _under(bucket: Any, bound: float) -> float:
    _, low, high, count = bucket
    low, high, count = float(low), float(high), float(count)
    if bound >= high:
        return count
    return 0.0 if bound <= low else count * (bound - low) / (high - low)
