"""What a process knows of the whole organization: shelves that follow the roll-ups, service by service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from django.db.models import Count, Max, Min, Sum

from roadbed.delivery.metrics.models import Rollup
from roadbed.delivery.metrics.rollups import tallies, totals
from roadbed.delivery.metrics.rollups.columns import (
    EPOCH,
    MARKS,
    MICROSECOND,
    Columns,
    Ints,
    instant,
    unpacked,
)
from roadbed.delivery.metrics.rollups.shelves import Shelf, follow, merged, wide
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.sums import Sums

MOST: Final = 8_000_000
"""Changes that shelves hold in all, about 30 to 50 bytes each; beyond that the roll-ups are read again each time."""
MANY: Final = 50_000
"""Names of changes; of more it is not looked up where else each is, but all are looked through."""
_NO_NAMES: Final = np.zeros(0, np.int64)
Mark = tuple[int, int, int, str, str]
"""How many roll-ups four weeks have, their greatest number and the sum of these, the least and the greatest digest:
others after each change, since what is written anew has a greater number than all before."""
Digests = Mapping[str, str]
WINDOWS: Final = 6
"""So many windows' sums are kept, until something enters or leaves them."""
_before: Final[dict[tuple[object, ...], list[totals.Before]]] = {}


@dataclass(frozen=True, slots=True)
class Fresh:
    """Four weeks of services that were judged just now, by block; `services` are theirs, whatever is stored of them."""

    services: frozenset[str]
    digests: Mapping[int, Digests]
    columns: Callable[[int, str], Columns]


@dataclass(slots=True)
class Organization:
    """The shelves of one process, and what they were made of.

    Attributes:
        shelves: by block.
        holds: of each shelf the digest of every service's roll-up that is in it.
        stored: of each block the digests in the database, as of a mark.
        firsts: when each service was first deployed, as of the marks of all blocks.
    """

    numbers: Callable[[str], int]
    shelves: dict[int, Shelf] = field(default_factory=dict)
    holds: dict[int, dict[str, str]] = field(default_factory=dict)
    stored: dict[int, tuple[Mark, Digests]] = field(default_factory=dict)
    firsts: tuple[Mapping[int, Mark], Mapping[str, int]] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def since(self, oldest: int, fresh: Fresh) -> tuple[Shelf, ...] | None:
        """The shelves from a block on as they are now, the oldest first; None where they would fill the memory."""
        with self.lock:
            before = dict(self.shelves), dict(self.holds)
            try:
                return self._since(oldest, fresh)
            except BaseException:
                # Shelves of which some know what arrived again, and some do not, would stay wrong.
                self.shelves, self.holds = before
                raise

    def _since(self, oldest: int, fresh: Fresh) -> tuple[Shelf, ...] | None:
        marks = _marks()
        self._firsts(marks)
        blocks = sorted(one for one in marks.keys() | fresh.digests.keys() | self.shelves.keys() if one >= oldest)
        changed = [_NO_NAMES]
        for block in blocks:
            changed.append(self._bring(block, self._wanted(block, marks.get(block), fresh), fresh))
            if sum(len(one.sha) for one in self.shelves.values()) > MOST:
                self.shelves, self.holds = {}, {}
                return None
        names = np.concatenate(changed)
        if len(names):
            order = sorted(self.shelves)
            found = follow([self.shelves[one] for one in order], names if len(names) < MANY else None)
            self.shelves = dict(zip(order, found, strict=True))
        return tuple(self.shelves[one] for one in blocks)

    def first(self) -> dict[str, datetime]:
        """When each service was first deployed."""
        return {uid: EPOCH + at * MICROSECOND for uid, at in (self.firsts[1] if self.firsts else {}).items()}

    def _firsts(self, marks: Mapping[int, Mark]) -> None:
        if self.firsts is None or self.firsts[0] != marks:
            rows = Rollup.objects.filter(first__isnull=False).values_list("service_uid").annotate(first=Min("first"))
            self.firsts = (marks, dict(rows.order_by()))

    def _wanted(self, block: int, mark: Mark | None, fresh: Fresh) -> Digests:
        """The digests that a shelf should hold."""
        if mark is None:
            self.stored.pop(block, None)
        elif block not in self.stored or self.stored[block][0] != mark:
            rows = Rollup.objects.filter(block=block).values_list("service_uid", "digest")
            self.stored[block] = (mark, dict(rows))
        known = self.stored[block][1] if mark is not None else {}
        if not fresh.services:
            return known
        return {uid: digest for uid, digest in known.items() if uid not in fresh.services} | dict(
            fresh.digests.get(block, {})
        )

    def _bring(self, block: int, wanted: Digests, fresh: Fresh) -> Ints:
        """Bring a shelf up to date; answers the names of changes whose arrivals may be others now."""
        holds = self.holds.setdefault(block, {})
        if block in self.shelves and holds == wanted:
            return _NO_NAMES
        news = {uid for uid, digest in wanted.items() if holds.get(uid) != digest}
        gone = holds.keys() - wanted.keys()
        parts = [fresh.columns(block, uid) for uid in sorted(news & fresh.services)]
        read = {uid: digest for uid, digest in wanted.items() if uid not in news}
        read |= {uid: wanted[uid] for uid in news & fresh.services}
        for uid, digest, data in _rows(block, news - fresh.services):
            parts.append(unpacked(data, self.numbers(uid)))
            read[uid] = digest
        numbers = [self.numbers(uid) for uid in (news | gone) & holds.keys()]
        old = self.shelves.get(block)
        lost = [] if old is None or not numbers else [old.sha[np.isin(old.of[old.by], np.array(numbers, np.int32))]]
        self.shelves[block] = merged(old, without=numbers, parts=parts)
        self.holds[block] = read
        # Copied, so that nothing keeps what was read of the database.
        return np.concatenate([_NO_NAMES, *lost, *(one.sha for one in parts)])


def _marks() -> dict[int, Mark]:
    told = {"count": Count("id"), "top": Max("id"), "sum": Sum("id"), "least": Min("digest"), "most": Max("digest")}
    return {block: (*mark,) for block, *mark in Rollup.objects.values_list("block").annotate(**told).order_by()}


def _rows(block: int, uids: set[str]) -> Sequence[tuple[str, str, bytes]]:
    if not uids:
        return ()
    rows = Rollup.objects.filter(block=block, service_uid__in=uids).values_list("service_uid", "digest", "data")
    return [(uid, digest, bytes(data)) for uid, digest, data in rows]


@dataclass(frozen=True, slots=True)
class Window:
    """Deployments that finished from `since` on and before `until`; `known_until` is as of when something is over."""

    since: datetime
    until: datetime
    known_until: datetime
    hours: Hours | None = None

    @property
    def ends(self) -> tuple[int, int]:
        """Its ends in microseconds."""
        return instant(self.since), instant(self.until)


def counted(shelves: Sequence[Shelf], window: Window, groups: Sequence[Sequence[int]]) -> list[Sums]:
    """The organization's sums, each change once; and after them those of groups of services, by their numbers."""
    cuts = [tallies.cut(one, *window.ends) for one in shelves]
    until, group_of = window.ends[1], _group_of(shelves, groups)
    apart = [tallies.grouped(one, group_of, len(groups), window.hours) for one in cuts] if groups else []
    parts = [
        [tallies.tally(one, until=until, hours=window.hours) for one in cuts],
        *([one[at] for one in apart] for at in range(len(groups))),
    ]
    again = until if any(one.last_lost >= until for one in shelves) else None
    key = (group_of.tobytes(), again, window.hours, *((one.shelf.number, *one.places) for one in cuts))
    before = _before.pop(key, [None] * len(parts))
    _before[key] = found = [
        totals.total(one, until=window.until, known_until=window.known_until, before=former)
        for one, former in zip(parts, before, strict=True)
    ]
    while len(_before) > WINDOWS:
        _before.pop(next(iter(list(_before))), None)
    return [one.sums for one in found]


def _group_of(shelves: Sequence[Shelf], groups: Sequence[Sequence[int]]) -> Ints:
    """Of each service's number the place of its group; one more where it is in none."""
    if not groups:
        return _NO_NAMES
    told = [int(of.max()) for one in shelves for of in (one.of, one.trouble_of) if len(of)]
    found = np.full(max([0, *told, *(number for group in groups for number in group)]) + 1, len(groups), np.int64)
    for place, group in enumerate(groups):
        found[list(group)] = place
    return found


def columns_of_cut(part: tallies.Cut) -> Columns:
    """A part of a shelf as plain columns."""
    shelf, some, changes, troubles = part.shelf, slice(part.begin, part.end), part.changes, slice(part.first, part.last)
    by = shelf.by[changes]
    count = len(by)
    marks = None
    if any(one is not None for one in shelf.marks):
        unknown = np.full(count, np.nan)
        marks = np.array([unknown if one is None else wide(one[changes]) for one in shelf.marks]).reshape(MARKS, count)
    return Columns(
        at=shelf.at[some], order=shelf.order[some], restored=shelf.restored[some], flags=shelf.flags[some],
        label=shelf.label[some], of=shelf.of[some], change_of=shelf.of[by], trouble_of=shelf.trouble_of[troubles],
        change_at=shelf.at[by], change_order=shelf.order[by], sha=shelf.sha[changes],
        seconds=wide(shelf.seconds[changes]), bot=shelf.bot[changes], marks=marks, began=shelf.began[troubles],
        ended=shelf.ended[troubles], named=shelf.named[troubles],
    )  # fmt: skip
