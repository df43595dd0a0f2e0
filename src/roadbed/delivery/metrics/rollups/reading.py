"""Reads roll-ups, each from the database once: a process keeps them, and asks before each use whether they changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Min

from roadbed.delivery.metrics.models import Rollup, Stale
from roadbed.delivery.metrics.projecting import NAME
from roadbed.delivery.metrics.rollups.blocks import begin_of_block, block_of, blocks_of
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
from roadbed.delivery.metrics.rollups.counting import arrived_last
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
    """What is known of some services since an instant, in columns.

    Attributes:
        blocks: of each four weeks, the oldest first, its services' columns.
        first: when each service was first deployed, as far as anybody told.
        fresh: the histories, judged just now, of services that had news.
        pending: services with news that is not in it yet.
        as_of: until when facts were read; None before the first was.
        whole: whether all services' columns may be kept as one; of a long time they would fill the memory.
    """

    blocks: Mapping[int, Mapping[str, Columns]]
    first: Mapping[str, datetime]
    fresh: Mapping[str, History]
    pending: int
    as_of: datetime | None
    whole: bool

    def window(self, since: datetime, until: datetime) -> Columns:
        """All services' deployments and incidents of a window."""
        begin, end = instant(since), instant(until)
        return joined(within(part, begin, end) for part in self.parts(since, until))

    def parts(self, since: datetime, until: datetime) -> Iterator[Columns]:
        """All services' columns of the four weeks that a window touches, each in time."""
        for block, of in self.blocks.items():
            if not block_of(since) <= block <= block_of(until):
                continue
            if self.whole:
                yield _memory.whole(block, of)
            else:
                yield from of.values()


def parted(columns: Columns, groups: Sequence[Sequence[str]]) -> list[Columns]:
    """Each group of services by itself, without the stages of its changes."""
    return split(columns, [[_memory.number(uid) for uid in group] for group in groups])


@dataclass(slots=True)
class _Memory:
    """What this process has read: blocks of services by their digests, and all services' of a block as one."""

    pieces: dict[Key, tuple[str, Columns]] = field(default_factory=dict)
    wholes: dict[int, tuple[tuple[int, ...], Columns, tuple[Columns, ...]]] = field(default_factory=dict)
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

    def whole(self, block: int, of: Mapping[str, Columns]) -> Columns:
        """Services' columns of four weeks as one, in time; made again only when one of them is another."""
        with self.lock:
            state = tuple(map(id, of.values()))
            kept = self.wholes.get(block)
            if kept is None or kept[0] != state:
                # The parts are held too, so that no other is ever taken for one of them.
                kept = self.wholes[block] = (state, in_time(joined(of.values())), tuple(of.values()))
            return kept[1]

    def shed(self, keeping: set[int]) -> None:
        """Forget the oldest blocks where too much is kept; those of this request last."""
        for block in sorted({block for block, _ in self.pieces}, key=lambda one: (one in keeping, one)):
            if self.changes <= MOST:
                return
            self.wholes.pop(block, None)
            for key in [key for key in self.pieces if key[0] == block]:
                self.drop(key)


_memory = _Memory()


def known_of(service_uids: Sequence[str] | None, *, since: datetime) -> Known:
    """What is known of some services since an instant; of all, those included that left the catalogue, where None."""
    fresh, pending = judged_now(service_uids)
    first = _first(service_uids)
    with _memory.lock:
        digests = _digests(service_uids, since)
        for uid, (judged, incidents) in fresh.items():
            digests = {key: digest for key, digest in digests.items() if key[1] != uid}
            first.pop(uid, None)
            if judged:
                first[uid] = judged[0].at
            for number, block in blocks_of(judged, incidents).items():
                if begin_of_block(number + 1) > since:
                    digests[number, uid] = digest = block.digest()
                    made = columns_of(block.judged, block.incidents).owned_by(_memory.number(uid))
                    _memory.put((number, uid), digest, made)
        _load({key for key, digest in digests.items() if _memory.pieces.get(key, ("",))[0] != digest})
        blocks: dict[int, dict[str, Columns]] = defaultdict(dict)
        for number, uid in sorted(digests):
            if (piece := _memory.pieces.get((number, uid))) is not None:
                blocks[number][uid] = piece[1]
        changes = sum(len(piece.sha) for of in blocks.values() for piece in of.values())
        _memory.shed(set(blocks))
    return Known(
        blocks=blocks,
        first=first,
        fresh=fresh,
        pending=pending,
        as_of=ProjectionCursor.objects.filter(name=NAME).values_list("updated_at", flat=True).first(),
        whole=changes <= MOST,
    )


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
    columns = known_of(service_uids, since=since).window(since, until)

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
