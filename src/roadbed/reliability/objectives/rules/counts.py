"""Exact counts: cumulative ones, as they are stored, and those of a window, as the difference of two."""

from __future__ import annotations

from typing import NamedTuple

from roadbed.reliability.objectives.rules.states import BAD, IDLE, UNMEASURED


class Cumulative(NamedTuple):
    """Everything of one series up to and including a minute: events, and minutes by state.

    A tuple, since thousands of them are made in each evaluation.
    """

    good: int = 0
    total: int = 0
    measured: int = 0
    idle: int = 0
    bad_minutes: int = 0

    def __add__(self, other: Cumulative) -> Cumulative:  # type: ignore[override] # sums, where a tuple would join
        return Cumulative(
            self.good + other.good,
            self.total + other.total,
            self.measured + other.measured,
            self.idle + other.idle,
            self.bad_minutes + other.bad_minutes,
        )

    def __sub__(self, other: Cumulative) -> Cumulative:
        return Cumulative(
            self.good - other.good,
            self.total - other.total,
            self.measured - other.measured,
            self.idle - other.idle,
            self.bad_minutes - other.bad_minutes,
        )


ZERO = Cumulative()


def of_minute(*, good: int, total: int, state: str) -> Cumulative:
    """What one minute adds."""
    return Cumulative(good, total, int(state != UNMEASURED), int(state == IDLE), int(state == BAD))


class Counts(NamedTuple):
    """What a window of whole minutes holds. The five kinds of minutes and those before add up to `minutes`, always.

    Attributes:
        minutes: the window's length.
        good: good events; `total`: all events.
        measured: minutes with a reading, idle ones among them.
        excluded: minutes taken out of the promise, whatever happened in them.
        before: minutes before the promise began, which are of none of the five kinds.
        broken_minutes: minutes that claim more good events than events, as far as they are looked at one by one.
    """

    minutes: int
    good: int
    total: int
    measured: int
    idle: int
    bad_minutes: int
    excluded: int = 0
    before: int = 0
    broken_minutes: int = 0

    @classmethod
    def between(cls, start: Cumulative, end: Cumulative, *, minutes: int, before: int = 0) -> Counts:
        """The window after `start` up to `end`."""
        good, total, measured, idle, bad = end
        a, b, c, d, e = start
        return tuple.__new__(cls, (minutes, good - a, total - b, measured - c, idle - d, bad - e, 0, before, 0))

    def without(self, excluded: Counts) -> Counts:
        """The same window with a part of it excluded: the counts of that part are taken away, its minutes named."""
        return Counts(
            self.minutes,
            self.good - excluded.good,
            self.total - excluded.total,
            self.measured - excluded.measured,
            self.idle - excluded.idle,
            self.bad_minutes - excluded.bad_minutes,
            # A minute before the promise stays one of those, whatever was taken out there.
            self.excluded + excluded.minutes - excluded.before,
            self.before,
            self.broken_minutes - excluded.broken_minutes,
        )

    @property
    def bad(self) -> int:
        """Bad events."""
        return self.total - self.good

    @property
    def good_minutes(self) -> int:
        return self.measured - self.idle - self.bad_minutes

    @property
    def unmeasured(self) -> int:
        return self.counting - self.measured

    @property
    def counting(self) -> int:
        """Minutes in which the promise held."""
        return self.minutes - self.excluded - self.before

    @property
    def coverage(self) -> float | None:
        """The measured share of the minutes that count; None where none do."""
        counting = self.counting
        return self.measured / counting if counting > 0 else None

    @property
    def broken(self) -> bool:
        """Whether the indicator claims more good events than events."""
        return self.good > self.total or self.good < 0 or self.broken_minutes > 0

    def by_state(self) -> dict[str, int]:
        """Minutes by state; with those before the promise they add up to the window's length."""
        return {
            "good": self.good_minutes,
            "bad": self.bad_minutes,
            "idle": self.idle,
            "unmeasured": self.unmeasured,
            "excluded": self.excluded,
        }
