"""Adds columns up to the sums that figures and weeks are made of, to the same values as rows give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import (
    ASKED,
    EPOCH,
    FAILED,
    FIRST,
    LINKED,
    MARKS,
    MICROSECOND,
    PARTIAL,
    UNPLANNED,
    Columns,
    instant,
    named,
    within,
)
from roadbed.delivery.metrics.rollups.lasting import survival
from roadbed.delivery.metrics.rollups.working import spans
from roadbed.delivery.metrics.rules.estimates import Ordered
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.leads import STAGES
from roadbed.delivery.metrics.rules.sums import Sums
from roadbed.delivery.metrics.rules.trends import WEEKS, Week, week_of
from roadbed.delivery.metrics.rules.values import LABELS

Floats = NDArray[np.float64]
_NO_FLAGS: Final = np.zeros(0, np.uint8)
_NO_SECONDS: Final = np.zeros(0)
_WEEK: Final = timedelta(days=7) // MICROSECOND


def added_up(
    columns: Columns, *, until: datetime, known_until: datetime, once: bool = False, hours: Hours | None = None
) -> Sums:
    """The sums of columns that were cut to a window; the arguments are those of `sums_of`."""
    end, last = instant(until), instant(known_until)
    kept = _latest(columns) if once else None
    seconds, bot = _kept(columns.seconds, kept), _kept(columns.bot, kept).astype(bool)
    marks = columns.marks if columns.marks is None or kept is None else columns.marks[:, kept]
    if hours is None:
        leads, bots, stages = _by_the_clock(seconds, bot, marks)
    else:
        leads, bots, stages = _in_hours(_kept(columns.change_at, kept), seconds, bot, marks, hours)
    flags = columns.flags
    failed = (flags & FAILED).astype(bool)
    return Sums(
        deployments=len(flags),
        earliest=EPOCH + int(columns.at.min()) * MICROSECOND if len(flags) else None,
        weekly=np.bincount((end - columns.at) // _WEEK).tolist() if len(flags) else (),
        failed=int(failed.sum()),
        unplanned=_count(flags, UNPLANNED),
        labels=_labels(columns.label),
        services=int((np.bincount(columns.of) > 0).sum()) if len(flags) else 0,
        asked=_count(flags, ASKED),
        linked=_count(flags, LINKED),
        partial=int(np.count_nonzero((flags & (ASKED | PARTIAL)) == (ASKED | PARTIAL))),
        all_first=_count(flags, FIRST) == len(flags),
        leads=leads,
        bots=bots,
        stages=stages,
        timed=int((~bot & ~np.isnan(seconds)).sum()),
        backwards=int(np.isnan(seconds).sum()),
        recoveries=survival(columns.at[failed], columns.restored[failed], last),
        troubles=survival(columns.began, columns.ended, last),
        without_deployment=int((columns.named == 0).sum()),
    )


def _count(flags: NDArray[np.uint8], flag: int) -> int:
    return int(np.count_nonzero(flags & flag))


def _kept(column: NDArray[Any], kept: NDArray[Any] | None) -> NDArray[Any]:
    return column if kept is None else column[kept]


def _labels(label: NDArray[np.uint8]) -> dict[str, int]:
    counts = np.bincount(label, minlength=len(LABELS)).tolist()
    return {name: count for name, count in sorted(zip(LABELS, counts, strict=True)) if count}


def _latest(columns: Columns) -> NDArray[Any] | None:
    """Of a change that several services got, the latest arrival; None where no change is there twice."""
    ordered = np.sort(columns.sha)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return None
    several = np.isin(columns.sha, twice)
    places = np.flatnonzero(several)
    arrival = np.lexsort((columns.change_order[places], columns.change_at[places]))
    # The last of each is the first when they are read backwards.
    backwards = places[arrival][::-1]
    _, firsts = np.unique(columns.sha[backwards], return_index=True)
    return np.sort(np.concatenate([np.flatnonzero(~several), backwards[firsts]]))


def arrived_last(columns: Columns, changes: Sequence[tuple[str, int, str]]) -> list[bool]:
    """Of changes, each with when which deployment brought it, whether the columns know of no later arrival."""
    known = named(sha for sha, _, _ in changes)
    places = np.flatnonzero(np.isin(columns.sha, known))
    latest: dict[int, tuple[int, int]] = {}
    found = (column[places].tolist() for column in (columns.sha, columns.change_at, columns.change_order))
    for sha, at, order in zip(*found, strict=True):
        latest[sha] = max(latest.get(sha, (0, 0)), (at, order))
    orders = named(uid for _, _, uid in changes).tolist()
    arrivals = ((at, order) for (_, at, _), order in zip(changes, orders, strict=True))
    return [latest.get(sha, one) <= one for sha, one in zip(known.tolist(), arrivals, strict=True)]


def _in_order(values: Floats) -> Floats:
    """Sorted, without what is unknown."""
    unknown = np.isnan(values)
    return np.sort(values[~unknown] if unknown.any() else values)


def _people(bot: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Which changes are people's; None where all are."""
    return bot == 0 if bot.any() else None


Spans = tuple[Ordered, Ordered, Sequence[Ordered]]
"""Of people's changes, of machines' changes, and of people's stage by stage."""


def _by_the_clock(seconds: Floats, bot: NDArray[np.bool_], marks: Floats | None) -> Spans:
    machines = bot.any()
    people = seconds[~bot] if machines else seconds
    leads, bots = _in_order(people), _in_order(seconds[bot])
    if marks is None:
        return leads, bots, ((),) * len(STAGES)
    # Of a change whose clock was wrong no mark counts either.
    unknown = np.isnan(people)
    marks = marks[:, ~bot] if machines else marks
    if unknown.any():
        marks = np.where(unknown, np.nan, marks)
    edges = (np.where(unknown, np.nan, 0.0), *marks, people)
    return leads, bots, tuple(_in_order(end - begin) for begin, end in pairwise(edges))


def _in_hours(
    at: NDArray[np.int64], seconds: Floats, bot: NDArray[np.bool_], marks: Floats | None, hours: Hours
) -> Spans:
    told = [None] * MARKS if marks is None else list(marks)
    leads, stages = spans(at, [*told, seconds], hours)
    apart = tuple(() if one is None else _in_order(one[~bot]) for one in stages)
    return _in_order(leads[~bot]), _in_order(leads[bot]), apart


def weeks_of(parts: Iterable[Columns], *, until: datetime) -> tuple[Week, ...]:
    """The last twelve weeks, oldest first, of columns that are in time; the end itself is in the last."""
    end, held = instant(until), list(parts)
    weeks = []
    for back in range(WEEKS - 1, -1, -1):
        since, before = end - (back + 1) * _WEEK + 1, end - back * _WEEK + 1
        some = [cut for one in held if len((cut := within(one, since, before)).at)]
        weeks.append(_week(until - timedelta(weeks=back + 1), some))
    return tuple(weeks)


def _week(start: datetime, parts: Sequence[Columns]) -> Week:
    flags = np.concatenate([_NO_FLAGS, *(one.flags for one in parts)])
    return week_of(
        start,
        deployments=len(flags),
        failed=_count(flags, FAILED),
        rework=int(np.count_nonzero((flags & (FAILED | UNPLANNED)) == UNPLANNED)),
        unplanned=_count(flags, UNPLANNED),
        leads=_in_order(np.concatenate([_NO_SECONDS, *(_kept(one.seconds, _people(one.bot)) for one in parts)])),
    )
