"""Turning what was counted between two readings into rows of cumulative counts, one per minute."""

from __future__ import annotations

from typing import Final, NamedTuple

from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative, of_minute
from roadbed.reliability.objectives.rules.states import BAD, IDLE, UNMEASURED, state_of
from roadbed.reliability.objectives.rules.targets import Target

LONGEST_GAP: Final = 90.0
"""Seconds between two readings up to which the minutes between them count as measured: nine intervals of ten."""


class Increment(NamedTuple):
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


class Head(NamedTuple):
    """The newest minute of a series: everything up to its end, and what it holds itself.

    `first` is the first minute that was measured; as long as none was, the first that was to be.
    """

    first: int
    minute: int
    cumulative: Cumulative
    good: int
    total: int
    state: str


def promised_from(head: Head, since: int) -> int:
    """The first minute of a promise that was given in minute `since`, or the first one counted if that is earlier."""
    return min(head.first, since) if head.cumulative.measured else since


class Row(NamedTuple):
    """One stored minute."""

    minute: int
    cumulative: Cumulative


_make = tuple.__new__
"""Half the time of calling the class, for what is made of every series in every minute."""


def advance(head: Head | None, increment: Increment, target: Target | None) -> tuple[Head, tuple[Row, ...]]:
    """The new head, and the rows to write: those of the minutes bridged, then the newest.

    An increment for a minute before the head is not for here: `amend` takes it.
    """
    if head is None:
        head = Head(increment.minute, increment.minute, ZERO, 0, 0, "")
    if increment.minute < head.minute:
        raise ValueError(f"minute {increment.minute} lies before {head.minute}")
    first, newest, running, good, total, state = head
    if increment.measured and not running[2]:
        first = increment.minute
    if increment.minute == newest:
        # The minute's former share is taken out and its new one put in, so a target changed meanwhile does no harm.
        before = of_minute(good=good, total=total, state=state) if state else ZERO
        grown = _grown(first, running - before, increment, (good, total, state), target)
        return grown, (_make(Row, (newest, grown[2])),)
    if not increment.bridged or increment.minute == newest + 1:
        grown = _grown(first, running, increment, (0, 0, ""), target)
        return grown, (_make(Row, (grown[1], grown[2])),)
    rows: list[Row] = []
    idle = of_minute(good=0, total=0, state=state_of(measured=True, good=0, total=0, target=target))
    for minute in range(newest + 1, increment.minute):
        running += idle
        rows.append(Row(minute, running))
    grown = _grown(first, running, increment, (0, 0, ""), target)
    return grown, (*rows, Row(grown.minute, grown.cumulative))


def _grown(
    first: int, before: Cumulative, increment: Increment, own: tuple[int, int, str], target: Target | None
) -> Head:
    minute, more_good, more_total, more_measured, _ = increment
    good, total = own[0] + more_good, own[1] + more_total
    measured = more_measured or own[2] not in ("", UNMEASURED)
    state = state_of(measured=measured, good=good, total=total, target=target)
    sums = (
        before[0] + good,
        before[1] + total,
        before[2] + (state != UNMEASURED),
        before[3] + (state == IDLE),
        before[4] + (state == BAD),
    )
    return _make(Head, (first, minute, _make(Cumulative, sums), good, total, state))


def amend(own: Cumulative, increment: Increment, target: Target | None) -> Cumulative:
    """What has to be added to the row of a past minute and to every later one, given what that minute held.

    `own` is the difference of the minute's row and the row before it.
    """
    good, total = own.good + increment.good, own.total + increment.total
    state = state_of(measured=increment.measured or own.measured > 0, good=good, total=total, target=target)
    return of_minute(good=good, total=total, state=state) - own


def bridges(*, before: float | None, now: float) -> bool:
    """Whether two instants of readings, in seconds, are near enough; a clock set back bridges nothing."""
    return before is not None and 0 <= now - before <= LONGEST_GAP
