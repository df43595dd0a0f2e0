"""Cumulative counters read now and then: what was counted since the last reading, once and exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

YOUNG: Final = 3600.0
"""Seconds. A counter born so shortly before its first reading counts from zero; an older one from that reading on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A reading taken in: what to keep, what to add, and whether some counter went back although it may not.

    Attributes:
        values: the counters as they are to be kept for the next reading.
        added: what was counted since the last one, by counter.
        went_back: counters that were lower than before.
    """

    values: dict[str, int]
    added: dict[str, int]
    went_back: tuple[str, ...]


def take(
    former: Mapping[str, int] | None, reading: Mapping[str, int], *, restarts_show: bool, from_zero: bool
) -> Taken:
    """Compare a reading with what was kept of the same epoch.

    Args:
        former: what was kept of this epoch; None when the epoch is new.
        reading: the counters now.
        restarts_show: whether a restart changes the epoch. Then a lower value is an older reading that came late, or
            the same page answered by another process, and adds nothing; else it is a reset, and counts from zero.
        from_zero: whether a new epoch's counts all happened since the last reading of the source.
    """
    if former is None:
        return Taken(dict(reading), dict(reading) if from_zero else dict.fromkeys(reading, 0), ())
    values, added, back = dict(former), {}, []
    for name, value in reading.items():
        # A label set that was not there at the last reading of the same process was born since, so it counts whole.
        before = former.get(name, 0)
        if value >= before:
            values[name], added[name] = value, value - before
            continue
        back.append(name)
        if restarts_show:
            added[name] = 0
        else:
            values[name], added[name] = value, value
    return Taken(values, added, tuple(back))


def from_zero(*, known_before: bool, born: float | None, now: float) -> bool:
    """Whether a new epoch counts from zero: the source was read before, or its counter is known to be young."""
    return known_before or (born is not None and now - born <= YOUNG)
