"""Writing minutes anew: what a series holds from one minute on, given what it held before and what each minute has."""

from __future__ import annotations

from collections.abc import Mapping

from roadbed.reliability.objectives.rules.counts import Cumulative
from roadbed.reliability.objectives.rules.minutes import Head, Row
from roadbed.reliability.objectives.rules.states import state_of
from roadbed.reliability.objectives.rules.targets import Target


def rewritten(
    before: Cumulative, counts: Mapping[int, tuple[int, int]], target: Target | None, *, first: int, until: int
) -> tuple[Row, ...]:
    """One row for each minute from `first` up to, not including, `until`; a minute without counts is unmeasured."""
    rows: list[Row] = []
    make = tuple.__new__
    good, total, measured, idle, bad = before
    held = before
    for minute in range(first, until):
        own = counts.get(minute)
        if own is not None:
            state = state_of(measured=True, good=own[0], total=own[1], target=target)
            good, total, measured = good + own[0], total + own[1], measured + 1
            idle, bad = idle + (state == "idle"), bad + (state == "bad")
            held = make(Cumulative, (good, total, measured, idle, bad))
        rows.append(make(Row, (minute, held)))
    return tuple(rows)


def head_of(first: int, row: Row, counts: Mapping[int, tuple[int, int]], target: Target | None) -> Head:
    """The head of a series whose newest row this is."""
    own = counts.get(row.minute)
    good, total = own or (0, 0)
    state = state_of(measured=own is not None, good=good, total=total, target=target)
    return Head(first, row.minute, row.cumulative, good, total, state)
