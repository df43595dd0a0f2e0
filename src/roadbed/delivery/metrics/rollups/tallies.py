"""Adds up parts of shelves once each, and windows from what was added up: the same sums as rows give."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import (
    FAILED,
    MICROSECOND,
    UNPLANNED,
    Ints,
    instant,
)
from roadbed.delivery.metrics.rollups.runs import Runs
from roadbed.delivery.metrics.rollups.shelves import Shelf, Spans, slim, wide
from roadbed.delivery.metrics.rollups.working import Floats, spans
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.sums import WEEK as LONG
from roadbed.delivery.metrics.rules.trends import WEEKS, Week, week_of
from roadbed.delivery.metrics.rules.values import LABELS

A_WEEK: Final = LONG // MICROSECOND
FLAGS: Final = 64
ALL, GROUPS, WEEK, WORKING = "all", "groups", "week", "working"
KEPT: Final = {ALL: 3, GROUPS: 3, WEEK: 8, WORKING: 3}
"""How many parts of one shelf stay added up: the whole, and where windows and weeks began and ended last."""
_NONE: Final = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a part of a shelf adds to a window.

    Attributes:
        at: when its deployments finished, in time.
        services: numbers of those that were deployed.
        flags, labels: how many deployments there are of each combination of flags, of each kind.
        failed_at, restored: of those that failed.
        began, ended, unnamed: of incidents; for how many of them nobody named a deployment.
        leads, bots, stages: sorted.
        timed, backwards: people's changes that have a lead time; changes without, by their clocks.
    """

    at: Ints
    services: frozenset[int]
    flags: Ints
    labels: Ints
    failed_at: Ints
    restored: Ints
    began: Ints
    ended: Ints
    unnamed: int
    leads: Spans
    bots: Spans
    stages: tuple[Spans, ...]
    timed: int
    backwards: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a shelf that lies in a window, by places, so that it is the same until something enters or leaves."""

    shelf: Shelf
    begin: int
    end: int
    first: int
    last: int

    @property
    def places(self) -> tuple[int, ...]:
        """What tells it from other parts of its shelf."""
        return self.begin, self.end, self.first, self.last

    @property
    def changes(self) -> slice:
        """The changes of its deployments."""
        return slice(*np.searchsorted(self.shelf.by, (self.begin, self.end)).tolist())


def cut(shelf: Shelf, since: int, until: int) -> Cut:
    """What finished or began from `since` on and before `until`."""
    begin, end = np.searchsorted(shelf.at, (since, until)).tolist()
    return Cut(shelf, begin, end, *np.searchsorted(shelf.began, (since, until)).tolist())


_lock: Final = threading.Lock()


def _remembered(shelf: Shelf, kind: str, key: tuple[Any, ...], reckoned: Callable[[], Any]) -> Any:
    """What was reckoned of a part before, or now."""
    with _lock:
        of_kind = shelf.kept.setdefault(kind, {})
        if key in of_kind:
            # What was asked for last goes last.
            of_kind[key] = found = of_kind.pop(key)
            return found
    found = reckoned()
    with _lock:
        of_kind[key] = found
        while len(of_kind) > KEPT[kind]:
            del of_kind[next(iter(of_kind))]
    return found


def tally(part: Cut, *, until: int, hours: Hours | None = None) -> Tally:
    """All services' part, in which each change counts once, at its latest arrival before `until`.

    With working hours the lead times and stages are counted in these.
    """
    # Where nothing arrived again at or after the end, what arrived again is what did so at all.
    key = (*part.places, until if part.shelf.last_lost >= until else None, hours)
    found: Tally = _remembered(part.shelf, WORKING if hours else ALL, key, lambda: _tally(part, until, hours))
    return found


def _tally(part: Cut, until: int, hours: Hours | None) -> Tally:
    shelf, some, changes = part.shelf, slice(part.begin, part.end), part.changes
    kept = None if shelf.lost is None else shelf.lost[changes] >= until

    def of_those(column: NDArray[Any]) -> NDArray[Any]:
        return column[changes] if kept is None else column[changes][kept]

    span, machine = wide(of_those(shelf.seconds)), of_those(shelf.bot) != 0
    edges = (*(None if one is None else wide(of_those(one)) for one in shelf.marks), span)
    if hours is None:
        leads, apart = span, _stages(edges)
    else:
        leads, apart = spans(shelf.at[of_those(shelf.by)], edges, hours)
    failed = (shelf.flags[some] & FAILED) != 0
    return Tally(
        at=shelf.at[some],
        services=_there(shelf.of[some]),
        flags=np.bincount(shelf.flags[some], minlength=FLAGS),
        labels=np.bincount(shelf.label[some], minlength=len(LABELS)),
        failed_at=shelf.at[some][failed],
        restored=shelf.restored[some][failed],
        **_troubles(part),
        leads=_in_order(leads[~machine]),
        bots=_in_order(leads[machine]),
        stages=tuple(_NONE if one is None else _in_order(one[~machine]) for one in apart),
        timed=int((~machine & ~np.isnan(span)).sum()),
        backwards=int(np.isnan(span).sum()),
    )


def _there(of: NDArray[np.int32]) -> frozenset[int]:
    return frozenset(np.flatnonzero(np.bincount(of)).tolist())


def _troubles(part: Cut) -> dict[str, Any]:
    some = slice(part.first, part.last)
    shelf = part.shelf
    return {
        "began": shelf.began[some], "ended": shelf.ended[some], "unnamed": int((shelf.named[some] == 0).sum()),
    }  # fmt: skip


def _in_order(seconds: NDArray[np.float64]) -> Spans:
    return np.sort(slim(seconds[~np.isnan(seconds)]))


def _stages(edges: Sequence[Floats | None]) -> list[Floats | None]:
    """Seconds between each two edges; of a change whose clock was wrong no mark counts either."""
    whole = edges[-1]
    assert whole is not None  # noqa: S101 - every change has a column of lead times
    zero = np.where(np.isnan(whole), np.nan, 0.0)
    between = pairwise((zero, *edges))
    return [None if begin is None or end is None else end - begin + zero for begin, end in between]


def grouped(part: Cut, group_of: Ints, groups: int, hours: Hours | None = None) -> list[Tally]:
    """The part of each group of services, without stages; each of a group's services has its change."""
    key = (group_of.tobytes(), *part.places, hours)
    found: list[Tally] = _remembered(part.shelf, GROUPS, key, lambda: _grouped(part, group_of, groups, hours))
    return found


def _grouped(part: Cut, group_of: Ints, groups: int, hours: Hours | None) -> list[Tally]:
    shelf, some, changes = part.shelf, slice(part.begin, part.end), part.changes
    of, by = shelf.of[some], shelf.by[changes] - part.begin
    group = group_of[of].astype(np.uint16)
    flags = np.bincount(group.astype(np.int64) * FLAGS + shelf.flags[some], minlength=(groups + 1) * FLAGS)
    labels = np.bincount(group.astype(np.int64) * len(LABELS) + shelf.label[some], minlength=(groups + 1) * len(LABELS))
    lives = _split(group, groups, shelf.at[some])
    failed = (shelf.flags[some] & FAILED) != 0
    failures = _split(group[failed], groups, shelf.at[some][failed], shelf.restored[some][failed])
    incidents = slice(part.first, part.last)
    troubles = _split(
        group_of[shelf.trouble_of[incidents]].astype(np.uint16), groups,
        shelf.began[incidents], shelf.ended[incidents], shelf.named[incidents],
    )  # fmt: skip
    clock = wide(shelf.seconds[changes])
    seconds = clock if hours is None else spans(shelf.at[shelf.by[changes]], [clock], hours)[0]
    carried = _split(group[by], groups, seconds, shelf.bot[changes])
    members = [_there(one) for (one,) in _split(group, groups, of)]
    found = []
    for at in range(groups):
        (live,), (failed_at, restored), (began, ended, named) = lives[at], failures[at], troubles[at]
        span, machine = carried[at][0], carried[at][1] != 0
        found.append(
            Tally(
                at=live, services=members[at], flags=flags[at * FLAGS : (at + 1) * FLAGS],
                labels=labels[at * len(LABELS) : (at + 1) * len(LABELS)], failed_at=failed_at, restored=restored,
                began=began, ended=ended, unnamed=int((named == 0).sum()), leads=_in_order(span[~machine]),
                bots=_in_order(span[machine]), stages=(), timed=int((~machine & ~np.isnan(span)).sum()),
                backwards=int(np.isnan(span).sum()),
            )
        )  # fmt: skip
    return found


def _split(group: NDArray[np.uint16], groups: int, *columns: NDArray[Any]) -> list[tuple[NDArray[Any], ...]]:
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(groups + 1)).tolist()
    ordered = [one[order] for one in columns]
    return [tuple(one[begin:end] for one in ordered) for begin, end in pairwise(edges)]


_FLAGS_ARE: Final = np.arange(FLAGS)


def having(flags: Ints, mask: int) -> int:
    """How many deployments have all of these flags."""
    return int(flags[(_FLAGS_ARE & mask) == mask].sum())


def weeks(shelves: Sequence[Shelf], *, until: datetime) -> tuple[Week, ...]:
    """The last twelve weeks, oldest first; the end itself is in the last."""
    end, found = instant(until), []
    for back in range(WEEKS - 1, -1, -1):
        cuts = [cut(one, end - (back + 1) * A_WEEK + 1, end - back * A_WEEK + 1) for one in shelves]
        told = [_of_week(one) for one in cuts if one.end > one.begin]
        flags = sum((each for each, _ in told), np.zeros(FLAGS, np.int64))
        leads = Runs(each for _, each in told)
        failed, unplanned = having(flags, FAILED), having(flags, UNPLANNED)
        found.append(
            week_of(
                until - (back + 1) * LONG,
                deployments=int(flags.sum()),
                failed=failed,
                rework=unplanned - having(flags, FAILED | UNPLANNED),
                unplanned=unplanned,
                leads=leads,
            )
        )
    return tuple(found)


def _of_week(part: Cut) -> tuple[Ints, Spans]:
    """Of a week's part the flags of its deployments and people's lead times in order, again for every service."""

    def reckoned() -> tuple[Ints, Spans]:
        seconds, bot = part.shelf.seconds[part.changes], part.shelf.bot[part.changes]
        flags = part.shelf.flags[part.begin : part.end]
        return np.bincount(flags, minlength=FLAGS), _in_order(wide(seconds[bot == 0] if bot.any() else seconds))

    found: tuple[Ints, Spans] = _remembered(part.shelf, WEEK, (part.begin, part.end), reckoned)
    return found
