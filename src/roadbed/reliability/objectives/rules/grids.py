"""How time is cut into slices: where each begins, which of them are over, and which a window looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from roadbed.reliability.objectives.rules.budgeting import Budgeting
from roadbed.reliability.objectives.rules.periods import Period, Window
from roadbed.reliability.objectives.rules.spans import Cut, Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """Slices from number `first` up to, not including, `until`; `whole` counts those to come too."""

    first: int
    until: int
    whole: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The slices of a window as of one minute, numbered from the phase.

    By the calendar they are counted from the beginning of the period; in a rolling window they begin at whole
    multiples since 1970 in UTC.

    Attributes:
        length: of a slice, in minutes.
        phase: the minute at which slice 0 begins.
        over: the number of the first slice that is not over yet.
        end: by the calendar the minute after the period's last one, at which a shorter slice may end; else None.
        minutes: the length of the whole window.
    """

    length: int
    phase: int
    over: int
    end: int | None
    minutes: int

    @classmethod
    def of(cls, budgeting: Budgeting, window: Window, period: Period) -> Grid:
        length, calendar = budgeting.slice_minutes, window.by_calendar
        phase = period.first if calendar else 0
        # The last slice of a calendar's period may be shorter, and is over with it.
        ended = calendar and period.until == period.end
        over = (period.until - phase + (length - 1) * ended) // length
        return cls(length, phase, over, period.end if calendar else None, period.length)

    def number(self, minute: int) -> int:
        """The slice that a minute lies in."""
        return (minute - self.phase) // self.length

    def start(self, number: int) -> int:
        """The minute at which a slice begins, and the one before it ends."""
        minute = self.phase + number * self.length
        return minute if self.end is None else min(minute, self.end)

    def of_windows(self, windows: tuple[int, ...]) -> dict[int, Stretch]:
        """The slices of several windows, by length; remembered, since many objectives have the same."""
        return _of_windows(self, windows)

    def of_period(self) -> Stretch:
        """The slices of the whole window."""
        if self.end is None:
            count = self.minutes // self.length
            return Stretch(self.over - count, self.over, count)
        return Stretch(0, self.over, -(-self.minutes // self.length))

    def of_window(self, minutes: int) -> Stretch:
        """The slices of the last minutes; a window shorter than a slice looks at the last whole one."""
        count = max(1, minutes // self.length)
        return Stretch(self.over - count, self.over, count)

    def wholly(self, cut: Cut, *, begins: int | None) -> Cut:
        """The slices of which no minute counts because all are excluded, by their numbers."""
        found: list[Span] = []
        for start, stop in cut.spans:
            first, until = start, stop
            if begins is not None and start <= begins:
                # What lies before the promise is not to be measured either.
                first = min(start, self.number(begins) * self.length + self.phase)
            if self.end is not None and first < self.end <= until:
                until = max(until, self.phase - (self.phase - self.end) // self.length * self.length)
            found.append((-(-(first - self.phase) // self.length), self.number(until)))
        return Cut.of((first, until) for first, until in found if first < until)


@lru_cache(maxsize=512)
def _of_windows(grid: Grid, windows: tuple[int, ...]) -> dict[int, Stretch]:
    return {length: grid.of_window(length) for length in windows}
