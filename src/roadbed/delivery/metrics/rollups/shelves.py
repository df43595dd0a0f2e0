"""Four weeks of the whole organization in columns, as small as can be, brought up to date service by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import MARKS, NEVER, Bytes, Columns, Ints, Numbers, joined

Spans = NDArray[Any]
"""Seconds, as whole numbers where all are."""
_numbers: Final = count()
UNKNOWN: Final = np.iinfo(np.int32).min
_OTHERS: Final = ("order", "restored", "flags", "label", "of")
_TROUBLES: Final = ("ended", "named", "trouble_of")


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Deployments, incidents and changes, each in time.

    Attributes:
        by: of each change the place of the deployment that brought it.
        seconds, marks: as in columns, but slim; of marks only rows of which anything is known, None for the others.
        by_sha: the places of changes in the order of their names.
        lost: of each change when the same one arrived next, NEVER where it did not; None where none did.
        last_lost: the latest of those arrivals, -1 without any.
        kept: what was reckoned of this shelf, by what it is of; it goes with the shelf.
        number: no other shelf of the process has it.
    """

    at: Ints
    order: Ints
    restored: Ints
    flags: Bytes
    label: Bytes
    of: Numbers
    began: Ints
    ended: Ints
    named: Bytes
    trouble_of: Numbers
    by: Numbers
    sha: Ints
    seconds: Spans
    bot: Bytes
    marks: tuple[Spans | None, ...]
    by_sha: Numbers
    lost: Ints | None = None
    last_lost: int = -1
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    number: int = field(default_factory=lambda: next(_numbers))

    def places(self, shas: Ints) -> tuple[Ints, Ints]:
        """Of names in order: the places of changes that have one of them, and which name each has."""
        edges = [np.searchsorted(self.sha, shas, side, sorter=self.by_sha) for side in ("left", "right")]
        counts = edges[1] - edges[0]
        which = np.repeat(np.arange(len(shas)), counts)
        steps = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.by_sha[np.repeat(edges[0], counts) + steps].astype(np.int64), which

    def with_arrivals(self, places: Ints, following: Ints) -> Shelf:
        """The same, where changes at these places arrived next at these instants."""
        lost = np.full(len(self.sha), NEVER) if self.lost is None else self.lost.copy()
        lost[places] = following
        last = int(lost[lost != NEVER].max(initial=-1))
        return replace(self, lost=lost if last >= 0 else None, last_lost=last, kept={}, number=next(_numbers))


def slim(seconds: Spans) -> Spans:
    """The same seconds in half the room where that loses nothing; NaN is UNKNOWN then."""
    known = seconds[~np.isnan(seconds)]
    if len(known) and not (np.abs(known).max() < -float(UNKNOWN) and (known == np.rint(known)).all()):
        return seconds
    return np.nan_to_num(seconds, nan=UNKNOWN).astype(np.int32)


def wide(seconds: Spans) -> NDArray[np.float64]:
    """Seconds as floating point numbers again, NaN where unknown."""
    if seconds.dtype != np.int32:
        return seconds
    found = seconds.astype(np.float64)
    found[seconds == UNKNOWN] = np.nan
    return found


def merged(old: Shelf | None, *, without: Sequence[int], parts: Sequence[Columns]) -> Shelf:
    """A shelf without what some services, by their numbers, had in it, and with these columns instead.

    The order of arrivals of what is new has to be told afterwards.
    """
    new = joined(parts)
    new_by = _deployments_of(new)
    old = old or _EMPTY
    stays, stay_troubles = (~np.isin(of, np.array(without, np.int32)) for of in (old.of, old.trouble_of))
    changes_stay = stays[old.by]
    at = np.concatenate([old.at[stays], new.at])
    in_time = np.argsort(at, kind="stable")
    position = np.empty(len(at), np.int32)
    position[in_time] = np.arange(len(at), dtype=np.int32)
    among_staying = (np.cumsum(stays) - 1).astype(np.int32)
    by = np.concatenate([position[among_staying[old.by[changes_stay]]], position[int(stays.sum()) + new_by]])
    carried = np.argsort(by, kind="stable")
    began = np.concatenate([old.began[stay_troubles], new.began])
    troubles = np.argsort(began, kind="stable")

    def both(name: str, stay: NDArray[np.bool_], order: NDArray[np.intp]) -> Any:
        return np.concatenate([getattr(old, name)[stay], getattr(new, name)])[order]

    lost = None if old.lost is None else np.concatenate([old.lost[changes_stay], np.full(len(new.sha), NEVER)])[carried]
    sha = both("sha", changes_stay, carried)
    return Shelf(
        at=at[in_time],
        **{name: both(name, stays, in_time) for name in _OTHERS},
        began=began[troubles],
        **{name: both(name, stay_troubles, troubles) for name in _TROUBLES},
        by=by[carried],
        sha=sha,
        seconds=slim(np.concatenate([wide(old.seconds)[changes_stay], new.seconds])[carried]),
        bot=both("bot", changes_stay, carried),
        marks=_marks(old, new, changes_stay, carried),
        by_sha=np.argsort(sha, kind="stable").astype(np.int32),
        lost=lost,
        last_lost=old.last_lost,
    )


def _marks(old: Shelf, new: Columns, stay: NDArray[np.bool_], order: NDArray[np.intp]) -> tuple[Spans | None, ...]:
    def of_old(mark: Spans | None) -> NDArray[np.float64]:
        return np.full(int(stay.sum()), np.nan) if mark is None else wide(mark)[stay]

    told = [np.full(len(new.sha), np.nan)] * MARKS if new.marks is None else new.marks
    both = [np.concatenate([of_old(mark), more])[order] for mark, more in zip(old.marks, told, strict=True)]
    return tuple(None if np.isnan(one).all() else slim(one) for one in both)


def _deployments_of(columns: Columns) -> Numbers:
    """Of each change the place of its deployment, of columns in whatever order."""
    by_time = np.argsort(columns.at, kind="stable")
    at, order, of = columns.at[by_time], columns.order[by_time], columns.of[by_time]
    found = np.searchsorted(at, columns.change_at)
    # Of several that finished at once the one whose name it is.
    while len(wrong := np.flatnonzero((order[found] != columns.change_order) | (of[found] != columns.change_of))):
        found[wrong] += 1
    return by_time[found].astype(np.int32)


_NO_INTS: Final = np.zeros(0, np.int64)
_NO_NUMBERS: Final = np.zeros(0, np.int32)
_NO_BYTES: Final = np.zeros(0, np.uint8)
_EMPTY: Final = Shelf(
    at=_NO_INTS, order=_NO_INTS, restored=_NO_INTS, flags=_NO_BYTES, label=_NO_BYTES, of=_NO_NUMBERS, began=_NO_INTS,
    ended=_NO_INTS, named=_NO_BYTES, trouble_of=_NO_NUMBERS, by=_NO_NUMBERS, sha=_NO_INTS, seconds=np.zeros(0),
    bot=_NO_BYTES, marks=(None,) * MARKS, by_sha=_NO_NUMBERS,
)  # fmt: skip


def follow(shelves: Sequence[Shelf], changed: Ints | None) -> list[Shelf]:
    """The shelves with when each change that has one of these names, any where None, arrived next in any of them."""
    again = any(one.lost is not None for one in shelves)
    names = _several(shelves, again=again) if changed is None else in_order(changed)
    if changed is not None and not again:
        names = names[_counted(shelves, names) > 1]
    if not len(names):
        return list(shelves)
    found = [one.places(names) for one in shelves]
    which = np.concatenate([of for _, of in found])
    at = np.concatenate([one.at[one.by[places]] for one, (places, _) in zip(shelves, found, strict=True)])
    order = np.concatenate([one.order[one.by[places]] for one, (places, _) in zip(shelves, found, strict=True)])
    arrival = np.lexsort((order, at, which))
    again = which[arrival][1:] == which[arrival][:-1]
    following = np.full(len(at), NEVER)
    following[arrival[:-1][again]] = at[arrival[1:][again]]
    cuts = np.cumsum([len(places) for places, _ in found])[:-1]
    return [
        one.with_arrivals(places, after) if len(places) else one
        for one, (places, _), after in zip(shelves, found, np.split(following, cuts), strict=True)
    ]


def _counted(shelves: Sequence[Shelf], names: Ints) -> Ints:
    """How often each name, of names in order, is there."""
    counts = np.zeros(len(names), np.int64)
    for one in shelves:
        edges = [np.searchsorted(one.sha, names, side, sorter=one.by_sha) for side in ("left", "right")]
        counts += edges[1] - edges[0]
    return counts


def _several(shelves: Sequence[Shelf], *, again: bool) -> Ints:
    """All names that are there more than once; with `again` also those that were before."""
    every = np.concatenate([_NO_INTS, *(one.sha for one in shelves)])
    every.sort()
    twice = every[1:][every[1:] == every[:-1]]
    lost = [one.sha[one.lost != NEVER] for one in shelves if one.lost is not None] if again else []
    return in_order(np.concatenate([twice, *lost]))


def in_order(names: Ints) -> Ints:
    """Names sorted, each once."""
    ordered = np.sort(names)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
