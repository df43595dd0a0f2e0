"""Reads roll-ups, each from the database once: a process keeps them, and asks before each use whether they changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Min

from roadbed.delivery.metrics.models import Rollup, Stale
from roadbed.delivery.metrics.projecting import NAME
from roadbed.delivery.metrics.rollups import organization, tallies
from roadbed.delivery.metrics.rollups.blocks import Block, begin_of_block, block_of, blocks_of
from roadbed.delivery.metrics.rollups.columns import (
    EPOCH,
    MICROSECOND,
    Columns,
    columns_of,
    in_time,
    instant,
    joined,
    split,
    unpacked,
    within,
)
from roadbed.delivery.metrics.rollups.counting import added_up, arrived_last, weeks_of
from roadbed.delivery.metrics.rollups.organization import Fresh, Organization, Window
from roadbed.delivery.metrics.rollups.shelves import Shelf
from roadbed.delivery.metrics.rules.sums import Sums
from roadbed.delivery.metrics.rules.trends import SHOWN, Week
from roadbed.delivery.metrics.settling import History, history_of
from roadbed.ground.ledger.models import ProjectionCursor
from roadbed.ground.ledger.plain import lengths_of

AT_ONCE: Final = 10
"""So many services with news are judged while somebody waits; beyond that the figures are a second old."""
SHORT: Final = 500
"""Facts that the services judged at once may have between them, so that a page never waits for a long history."""
MOST: Final = 2_000_000
"""Changes that a process keeps in memory, about 50 bytes each; of more the oldest are read again."""

Key = tuple[int, str]
"""A block and a service."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some services since an instant.

    Attributes:
        first: when each service was first deployed, as far as anybody told.
        fresh: the histories, judged just now, of services that had news.
        pending: services with news that is not in it yet.
        as_of: until when facts were read; None before the first was.
        pieces: of each four weeks, the oldest first, its services' columns; empty where there are shelves.
        shelves: all services' four weeks, where the whole organization was asked for and is not too much for that.
    """

    first: Mapping[str, datetime]
    fresh: Mapping[str, History]
    pending: int
    as_of: datetime | None
    pieces: Mapping[int, Mapping[str, Columns]] = field(default_factory=dict)
    shelves: tuple[Shelf, ...] | None = None

    def sums(self, window: Window, *, once: bool = False, groups: Sequence[Sequence[str]] = ()) -> list[Sums]:
        """A window added up, and after it each group of services by itself, without its changes' stages.

        Args:
            window: from when to when.
            once: whether a change that went to several services counts once; in the groups it never does.
            groups: services, none of them in two groups.
        """
        members = [[_memory.number(uid) for uid in group] for group in groups]
        if self.shelves is not None and once:
            return organization.counted(self.shelves, window, members)
        columns = self.columns(window.since, window.until)
        parts = [(columns, once), *((one, False) for one in (split(columns, members) if members else ()))]
        return [
            added_up(one, until=window.until, known_until=window.known_until, once=each, hours=window.hours)
            for one, each in parts
        ]

    def weeks(self, until: datetime) -> tuple[Week, ...]:
        """The last twelve weeks."""
        if self.shelves is not None:
            return tallies.weeks(self.shelves, until=until)
        return weeks_of([in_time(self.columns(until - SHOWN, until + MICROSECOND))], until=until)

    def columns(self, since: datetime, until: datetime) -> Columns:
        """Deployments and incidents of a window, in whatever order."""
        begin, end = instant(since), instant(until)
        if self.shelves is not None:
            return joined(organization.columns_of_cut(tallies.cut(one, begin, end)) for one in self.shelves)
        return joined(
            within(piece, begin, end)
            for block, of in self.pieces.items()
            if block_of(since) <= block <= block_of(until)
            for piece in of.values()
        )


@dataclass(slots=True)
class _Memory:
    """What this process has read: blocks of services by their digests, and the organization's shelves."""

    pieces: dict[Key, tuple[str, Columns]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: Key, digest: str, columns: Columns) -> None:
        before = self.pieces.get(key)
        self.changes += len(columns.sha) - (len(before[1].sha) if before else 0)
        self.pieces[key] = (digest, columns)

    def drop(self, key: Key) -> None:
        if (before := self.pieces.pop(key, None)) is not None:
            self.changes -= len(before[1].sha)

    def number(self, service_uid: str) -> int:
        return self.numbers.setdefault(service_uid, len(self.numbers))

    def shed(self, keeping: set[int]) -> None:
        """Forget the oldest blocks where too much is kept; those of this request last."""
        for block in sorted({block for block, _ in self.pieces}, key=lambda one: (one in keeping, one)):
            if self.changes <= MOST:
                return
            for key in [key for key in self.pieces if key[0] == block]:
                self.drop(key)


_memory = _Memory()
_organization = Organization(_memory.number)


def known_of(service_uids: Sequence[str] | None, *, since: datetime) -> Known:
    """What is known of some services since an instant; of all, those included that left the catalogue, where None."""
    fresh, pending = judged_now(service_uids)
    as_of = ProjectionCursor.objects.filter(name=NAME).values_list("updated_at", flat=True).first()
    blocks = {uid: blocks_of(*history) for uid, history in fresh.items()}
    if service_uids is None:
        shelves = _organization.since(block_of(since), _judged(blocks))
        if shelves is not None:
            return Known(_with_fresh(_organization.first(), fresh), fresh, pending, as_of, shelves=shelves)
    first = _with_fresh(_first(service_uids), fresh)
    return Known(first, fresh, pending, as_of, pieces=_pieces(service_uids, since, blocks))


def _judged(blocks: Mapping[str, Mapping[int, Block]]) -> Fresh:
    digests: dict[int, dict[str, str]] = defaultdict(dict)
    for uid, of in blocks.items():
        for number, block in of.items():
            digests[number][uid] = block.digest()
    return Fresh(frozenset(blocks), digests, lambda number, uid: _columns(blocks[uid][number], uid))


def _columns(block: Block, uid: str) -> Columns:
    return columns_of(block.judged, block.incidents).owned_by(_memory.number(uid))


def _with_fresh(first: dict[str, datetime], fresh: Mapping[str, History]) -> dict[str, datetime]:
    """When each service was first deployed, by its history of just now where it has one."""
    return {uid: at for uid, at in first.items() if uid not in fresh} | {
        uid: judged[0].at for uid, (judged, _) in fresh.items() if judged
    }


def _pieces(
    service_uids: Sequence[str] | None, since: datetime, fresh: Mapping[str, Mapping[int, Block]]
) -> dict[int, dict[str, Columns]]:
    with _memory.lock:
        digests = {key: one for key, one in _digests(service_uids, since).items() if key[1] not in fresh}
        for uid, blocks in fresh.items():
            for number, block in blocks.items():
                if begin_of_block(number + 1) > since:
                    digests[number, uid] = digest = block.digest()
                    _memory.put((number, uid), digest, _columns(block, uid))
        _load({key for key, digest in digests.items() if _memory.pieces.get(key, ("",))[0] != digest})
        pieces: dict[int, dict[str, Columns]] = defaultdict(dict)
        for number, uid in sorted(digests):
            if (piece := _memory.pieces.get((number, uid))) is not None:
                pieces[number][uid] = piece[1]
        _memory.shed(set(pieces))
    return pieces


def judged_now(service_uids: Sequence[str] | None) -> tuple[dict[str, History], int]:
    """Services with news whose histories are short, judged; and how many more have news."""
    stale = Stale.objects.order_by("service_uid")
    if service_uids is not None:
        stale = stale.filter(service_uid__in=service_uids)
    waiting = list(stale.values_list("service_uid", flat=True))
    some = waiting[:AT_ONCE]
    lengths = lengths_of(some)
    room, chosen = SHORT, []
    for uid in some:
        if lengths.get(uid, 0) <= room:
            room -= lengths.get(uid, 0)
            chosen.append(uid)
    return {uid: history_of(uid) for uid in chosen}, len(waiting) - len(chosen)


def latest_of(
    service_uids: Sequence[str] | None, *, since: datetime, until: datetime
) -> Callable[[Sequence[tuple[datetime, str, str]]], list[bool]]:
    """Answers of changes, each by when which deployment brought it, whether none of the window brought it later."""
    columns = known_of(service_uids, since=since).columns(since, until)

    def latest(changes: Sequence[tuple[datetime, str, str]]) -> list[bool]:
        return arrived_last(columns, [(sha, instant(at), uid) for at, uid, sha in changes])

    return latest


def _first(service_uids: Sequence[str] | None) -> dict[str, datetime]:
    rows = Rollup.objects.filter(first__isnull=False)
    if service_uids is not None:
        rows = rows.filter(service_uid__in=service_uids)
    found = rows.values_list("service_uid").annotate(first=Min("first")).order_by()
    return {uid: EPOCH + at * MICROSECOND for uid, at in found}


def _digests(service_uids: Sequence[str] | None, since: datetime) -> dict[Key, str]:
    rows = Rollup.objects.filter(block__gte=block_of(since))
    if service_uids is not None:
        rows = rows.filter(service_uid__in=service_uids)
    return {(block, uid): digest for block, uid, digest in rows.values_list("block", "service_uid", "digest")}


def _load(missing: set[Key]) -> None:
    """Read blocks that are not kept, or not as they are now."""
    by_block: dict[int, list[str]] = defaultdict(list)
    for block, uid in missing:
        _memory.drop((block, uid))
        by_block[block].append(uid)
    for block, uids in by_block.items():
        rows = Rollup.objects.filter(block=block, service_uid__in=uids).values_list("service_uid", "digest", "data")
        for uid, digest, data in rows.iterator(chunk_size=500):
            _memory.put((block, uid), digest, unpacked(bytes(data), _memory.number(uid)))
