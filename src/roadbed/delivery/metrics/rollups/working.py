"""Working hours as a clock that stands still outside of them: spans of many changes are differences of its readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import EPOCH, MICROSECOND, Ints, instant
from roadbed.delivery.metrics.rules.hours import Hours

Floats = NDArray[np.float64]
SECOND: Final = 1_000_000
EARLIEST: Final = EPOCH.year
LATEST: Final = 2100
"""Years of which a clock is made whole; whatever lies outside of them is counted by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Working microseconds since the clock's first day: how many each working day begins with, and its ends."""

    begins: Ints
    ends: Ints
    before: Ints

    def at(self, instants: Ints) -> Ints:
        """What it shows at some instants within its years."""
        place = np.searchsorted(self.begins, instants, "right") - 1
        # Before the first working day it stands at nothing.
        place = np.maximum(place, 0)
        return self.before[place] + np.maximum(0, np.minimum(instants, self.ends[place]) - self.begins[place])


@lru_cache(maxsize=8)
def clock_of(hours: Hours, first: int, last: int) -> Clock:
    """The clock of whole years, of `last` too."""
    begin, end = date(first, 1, 1) - timedelta(days=2), date(last, 12, 31) + timedelta(days=2)
    days = (hours.bounds(begin + timedelta(days=day)) for day in range((end - begin).days))
    told = [(instant(one[0]), instant(one[1])) for one in days if one is not None] or [(0, 0)]
    begins, ends = (np.array(one, np.int64) for one in zip(*told, strict=True))
    return Clock(begins, ends, np.concatenate([[0], np.cumsum(ends - begins)[:-1]]))


def spans(at: Ints, edges: Sequence[Floats | None], hours: Hours) -> tuple[Floats, list[Floats | None]]:
    """Working seconds of changes as a whole and between each two of their edges; NaN where either is unknown.

    Args:
        at: when each change arrived.
        edges: seconds since its first commit: its marks in order, and last its lead time, None where nobody told any.
        hours: the working hours.
    """
    whole = edges[-1]
    assert whole is not None  # noqa: S101 - every change has a column of lead times
    known = ~np.isnan(whole)
    began = np.where(known, at - _microseconds(whole), at)
    clock, inside = _clock(began, at, hours)
    begin = np.where(known, clock.at(began), np.nan)
    shown = [begin, *(None if one is None else _shown(clock, began, one, known) for one in edges)]
    found = [None if a is None or b is None else np.maximum(0, b - a) / SECOND for a, b in pairwise(shown)]
    last = shown[-1]
    lead = np.maximum(0, (last if last is not None else begin) - begin) / SECOND
    for place in np.flatnonzero(~inside & known).tolist():
        lead[place], apart = _by_itself(
            int(began[place]), [None if one is None else one[place] for one in edges], hours
        )
        for one, seconds in zip(found, apart, strict=True):
            if one is not None:
                one[place] = seconds
    return lead, found


def _microseconds(seconds: Floats) -> Ints:
    return np.rint(np.nan_to_num(seconds) * SECOND).astype(np.int64)


def _shown(clock: Clock, began: Ints, seconds: Floats, known: NDArray[np.bool_]) -> Floats:
    return np.where(known & ~np.isnan(seconds), clock.at(began + _microseconds(seconds)), np.nan)


def _clock(began: Ints, at: Ints, hours: Hours) -> tuple[Clock, NDArray[np.bool_]]:
    """A clock for what lies in its years, and what does."""
    low, high = (instant(datetime(year, 1, 1, tzinfo=UTC)) for year in (EARLIEST, LATEST + 1))
    inside = (began >= low) & (at < high)
    if not inside.any():
        return clock_of(hours, EARLIEST, EARLIEST), inside
    first, last = int(began[inside].min()), int(at[inside].max())
    years = ((EPOCH + one * MICROSECOND).year for one in (first, last))
    return clock_of(hours, *years), inside


def _by_itself(began: int, edges: Sequence[float | None], hours: Hours) -> tuple[float, list[float]]:
    start = EPOCH + began * MICROSECOND
    at = [start, *(None if one is None or np.isnan(one) else start + timedelta(seconds=one) for one in edges)]
    lead = at[-1]
    assert lead is not None  # noqa: S101 - it is asked of changes with a lead time alone
    apart = [hours.seconds(a, b) if a is not None and b is not None else np.nan for a, b in pairwise(at)]
    return hours.seconds(start, lead), apart
