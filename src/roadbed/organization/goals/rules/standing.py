"""How a goal stands: against its target and the way there, and never worse or better than its interval allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.asks.measures import UP, Reading

REACHED, ON_TRACK, UNCLEAR, OFF_TRACK, MISSED, NO_DATA = (
    "reached", "on-track", "unclear", "off-track", "missed", "no-data",
)  # fmt: skip
STANDINGS: Final = (MISSED, OFF_TRACK, UNCLEAR, NO_DATA, ON_TRACK, REACHED)
"""The most urgent first."""
WORDS: Final = {
    REACHED: "Reached",
    ON_TRACK: "On track",
    UNCLEAR: "Too close to tell",
    OFF_TRACK: "Off track",
    MISSED: "Missed",
    NO_DATA: "No data",
}


@dataclass(frozen=True, slots=True)
class Way:
    """What is to be reached, from where, until when. `baseline` is None where it could not be measured then."""

    better: str
    target: float
    baseline: float | None
    began: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands and why, in a sentence; `expected` is where the way is today, None without a baseline."""

    name: str
    says: str
    expected: float | None

    @property
    def word(self) -> str:
        """As people say it."""
        return WORDS[self.name]


def expected_at(way: Way, *, now: datetime) -> float | None:
    """Where the straight way from the baseline to the target is; on the target where it was reached at the start."""
    if now >= way.due:
        return way.target
    if way.baseline is None:
        return None
    if _reaches(way, way.baseline):
        return way.target
    passed = max(0.0, (now - way.began) / (way.due - way.began))
    return way.baseline + (way.target - way.baseline) * passed


def stand(way: Way, reading: Reading, *, now: datetime) -> Standing:
    """How it stands.

    Reached only where the whole interval is, off track or missed only where the whole interval lies behind: a figure
    that noise alone may have moved says neither.
    """
    expected = expected_at(way, now=now)
    if reading.value is None:
        return Standing(NO_DATA, reading.why or "There is no figure.", expected)
    if reading.low is None or reading.high is None:
        few = f"{reading.n} observation{'' if reading.n == 1 else 's'} are too few to tell the figure from chance."
        return Standing(NO_DATA, few, expected)
    worst, best = (reading.low, reading.high) if way.better == UP else (reading.high, reading.low)
    if _reaches(way, worst):
        return Standing(REACHED, "The whole interval of the figure reaches the target.", expected)
    if expected is None:
        return Standing(UNCLEAR, "Where it began is not known, so that there is no way to be on until it is due.", None)
    return _on_the_way(way, (reading.value, best), expected, over=now >= way.due)


def _on_the_way(way: Way, figure: tuple[float, float], expected: float, *, over: bool) -> Standing:
    value, best = figure
    where = "the target" if over else "where it should be today"
    if not _as_good(way, best, expected):
        return Standing(MISSED if over else OFF_TRACK, f"The whole interval of the figure is behind {where}.", expected)
    if over or not _as_good(way, value, expected):
        return Standing(UNCLEAR, f"The interval of the figure lies on both sides of {where}.", expected)
    return Standing(ON_TRACK, "The figure is where it should be today; its interval misses the target yet.", expected)


def _reaches(way: Way, value: float) -> bool:
    return _as_good(way, value, way.target)


def _as_good(way: Way, value: float, other: float) -> bool:
    return value >= other if way.better == UP else value <= other
