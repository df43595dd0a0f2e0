"""Owns the arithmetic of raw samples: what each series rose by in each minute, and in which minutes it was seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Sample = Sequence[float | str]
"""Seconds since 1970 and the value as the API writes it; of a part of a histogram, the count of all of it beside."""


@dataclass(slots=True)
class Track:
    """One series over some minutes.

    Attributes:
        rises: what it rose by, by minute; minutes without a rise are left out.
        seen: the first and last sample of each minute, in seconds.
        begins: the time of its first sample; `at_first` its value then, as a whole number.
        broken: minutes with a sample that is no count.
    """

    rises: dict[int, int] = field(default_factory=dict)
    seen: dict[int, tuple[float, float]] = field(default_factory=dict)
    begins: float = math.inf
    at_first: int = 0
    broken: set[int] = field(default_factory=set)


def track_of(samples: Iterable[Sample]) -> Track:
    """Follow a counter through its samples, in their order.

    A rise belongs to the minute of the sample that shows it, so that the sum over minutes is the difference of the
    counter's values, corrected for restarts as Prometheus does: a lower value counts from zero. Values are rounded
    one by one, hence the rounding cancels out in every sum.
    """
    track = Track()
    rises, seen = track.rises, track.seen
    before: int | None = None
    whole = 0.0
    for stamp, text, *of in samples:
        at, value = float(stamp), float(text)
        minute = int(at // 60)
        if not (math.isfinite(value) and value >= 0):
            track.broken.add(minute)
            continue
        count = round(value)
        known = seen.get(minute)
        seen[minute] = (at, at) if known is None else (known[0], at)
        if of and float(of[0]) >= whole and before is not None:
            # A histogram that merged buckets may hold less under a bound, and was not restarted.
            count = max(count, before)
        whole = float(of[0]) if of else 0.0
        if before is None:
            track.begins, track.at_first = at, count
        elif rise := (count - before if count >= before else count):
            rises[minute] = rises.get(minute, 0) + rise
        before = count
    return track


def begin_from(track: Track, former: int) -> None:
    """Count a series' first sample too, given what its counter was before: zero for one that was born since."""
    rise = track.at_first - former if track.at_first >= former else track.at_first
    if rise:
        minute = int(track.begins // 60)
        track.rises[minute] = track.rises.get(minute, 0) + rise


def covered(tracks: Iterable[Track], *, gap: float) -> set[int]:
    """The minutes in which some of the series were seen, and those between two samples that lie near enough."""
    merged: dict[int, tuple[float, float]] = {}
    broken: set[int] = set()
    for track in tracks:
        broken |= track.broken
        for minute, (first, last) in track.seen.items():
            known = merged.get(minute)
            merged[minute] = (first, last) if known is None else (min(known[0], first), max(known[1], last))
    found = set(merged)
    minutes = sorted(merged)
    for one, other in pairwise(minutes):
        if other - one > 1 and merged[other][0] - merged[one][1] <= gap:
            found.update(range(one + 1, other))
    return found - broken


def summed(tracks: Iterable[Track], sums: dict[int, int], *, sign: int) -> None:
    """Add the rises of several series to sums by minute."""
    for track in tracks:
        for minute, rise in track.rises.items():
            sums[minute] = sums.get(minute, 0) + sign * rise


Labels = Mapping[str, str]


def target_of(labels: Labels) -> tuple[str, str] | None:
    """The scraped process that a series belongs to, where its labels say so."""
    job, instance = labels.get("job", ""), labels.get("instance", "")
    return (job, instance) if job and instance else None
