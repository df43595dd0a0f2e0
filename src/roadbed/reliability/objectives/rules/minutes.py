"""Turning what was counted between two readings into rows of cumulative counts, one per minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative, of_minute
from roadbed.reliability.objectives.rules.states import UNMEASURED, state_of
from roadbed.reliability.objectives.rules.targets import Target

LONGEST_GAP: Final = 90.0
"""Seconds between two readings up to which the minutes between them count as measured: nine intervals of ten."""


@dataclass(frozen=True, slots=True)
class Increment:
    """What one sampling adds to a series.

    Attributes:
        minute: the minute of the reading, in minutes since 1970; a gap's counts belong to the minute that ends it.
        measured: whether there was a reading.
        bridged: whether the reading before was near enough for the minutes between to count as measured.
    """

    minute: int
    good: int = 0
    total: int = 0
    measured: bool = False
    bridged: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The newest minute of a series: everything up to its end, and what it holds itself."""

    first: int
    minute: int
    cumulative: Cumulative
    good: int
    total: int
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """One stored minute."""

    minute: int
    cumulative: Cumulative


def advance(head: Head | None, increment: Increment, target: Target) -> tuple[Head, tuple[Row, ...]]:
    """The new head, and the rows to write: those of the minutes bridged, then the newest.

    An increment for a minute before the head is not for here: `amend` takes it.
    """
    if head is None:
        head = Head(increment.minute, increment.minute, ZERO, 0, 0, "")
    if increment.minute < head.minute:
        raise ValueError(f"minute {increment.minute} lies before {head.minute}")
    rows: list[Row] = []
    if increment.minute > head.minute:
        running = head.cumulative
        if increment.bridged:
            for minute in range(head.minute + 1, increment.minute):
                idle = state_of(measured=True, good=0, total=0, target=target)
                running += of_minute(good=0, total=0, state=idle)
                rows.append(Row(minute, running))
        head = Head(head.first, increment.minute, running, 0, 0, "")
    head = _grown(head, increment, target)
    return head, (*rows, Row(head.minute, head.cumulative))


def _grown(head: Head, increment: Increment, target: Target) -> Head:
    good, total = head.good + increment.good, head.total + increment.total
    measured = increment.measured or head.state not in ("", UNMEASURED)
    state = state_of(measured=measured, good=good, total=total, target=target)
    # The minute's former share is taken out and its new one put in, so a target changed meanwhile does no harm.
    before = of_minute(good=head.good, total=head.total, state=head.state) if head.state else ZERO
    cumulative = head.cumulative - before + of_minute(good=good, total=total, state=state)
    return replace(head, cumulative=cumulative, good=good, total=total, state=state)


def amend(own: Cumulative, increment: Increment, target: Target) -> Cumulative:
    """What has to be added to the row of a past minute and to every later one, given what that minute held.

    `own` is the difference of the minute's row and the row before it.
    """
    good, total = own.good + increment.good, own.total + increment.total
    state = state_of(measured=increment.measured or own.measured > 0, good=good, total=total, target=target)
    return of_minute(good=good, total=total, state=state) - own


def bridges(*, before: float | None, now: float) -> bool:
    """Whether two instants of readings, in seconds, are near enough; a clock set back bridges nothing."""
    return before is not None and 0 <= now - before <= LONGEST_GAP
