"""The inbox: raw deliveries are stored first, answered, then read by whoever reads their source."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeVar

from django.db import DatabaseError, DataError, IntegrityError, connections, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from roadbed.ground import waking
from roadbed.ground.errors import NotFound, Refusal
from roadbed.ground.ledger.intake import Intake
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.ledger.storing import store
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.prepared import Asked

_R = TypeVar("_R")
Reader = Callable[[InboxItem], str]
"""Reads one delivery into facts; answers what of it could not be read, empty where all could.

What it raises leaves nothing of the delivery. Either way the delivery stays in the inbox with the reason.
"""
Together = Callable[[Sequence[InboxItem]], Sequence[str | Exception]]
"""Reads several deliveries of one source at once; answers for each what could not be read of it, or why it could not.

What it raises leaves nothing of them, and each is then read alone.
"""
First = Callable[[QuerySet[InboxItem], int], list[InboxItem]]
"""Chooses what is read next of all that waits."""
AT_ONCE: Final = 20
BYTES_AT_ONCE: Final = 48 * 1024
"""Deliveries, and their size, read in one transaction: the write lock of SQLite is everybody's."""
KEPT: Final = timedelta(days=30)
"""How long what was read stays; what could not be read stays until it is."""

_readers: dict[str, Reader] = {}
_together: dict[str, Together] = {}


def register_reader(source: str, reader: Reader, *, together: Together | None = None) -> None:
    """Say who reads the deliveries of a source, or of every source `source:…`; called by wiring."""
    _readers[source] = reader
    _together.pop(source, None)
    if together is not None:
        _together[source] = together


def receive(
    caller: Caller, *, source: str, delivery_id: str, headers: dict[str, str], body: bytes, now: datetime
) -> str:
    """Store a delivery raw and answer its uid; the same delivery again answers the first one's.

    It is committed when this returns, together with whatever arrives at the same time.
    """
    authorise(caller, "inbox.receive")
    uid = uid_of(source, delivery_id)
    _INTAKE.put(InboxItem(uid=uid, source=source, delivery_id=delivery_id, received_at=now, headers=headers, body=body))
    return uid


def uid_of(source: str, delivery_id: str) -> str:
    """A delivery's uid: the same for the same delivery, so that nobody has to look whether it came before."""
    return hashlib.sha256(f"{source}\n{delivery_id}".encode()).hexdigest()[:32]


def _store(rows: Sequence[InboxItem]) -> None:
    # No request of Django's began here, so that nobody else looks whether the connection is still good. To ask that
    # costs the database as much as a small commit, so what was good a moment ago is taken to be; what fails is tried
    # again row by row, and asked about first.
    present, good_until = time.monotonic(), getattr(_good, "until", 0.0)
    _good.until = 0.0
    if present > good_until and not connections["default"].in_atomic_block:
        connections["default"].close_if_unusable_or_obsolete()
    with transaction.atomic(using="default"):
        store(rows)
        waking.ring()
    _good.until = present + MOMENT


MOMENT: Final = 1.0
"""Seconds."""
_good: Final = threading.local()
_INTAKE: Final = Intake(_store)


def _oldest(waiting: QuerySet[InboxItem], limit: int) -> list[InboxItem]:
    return list(waiting[:limit])


def read_pending(
    *, now: datetime, limit: int = 100, accepts: Callable[[str], bool] = lambda _: True, first: First = _oldest
) -> int:
    """Read what has arrived; a delivery that cannot be read is marked with the reason and kept.

    `accepts` says of which readers, by name: the pager reads alerts and leaves the rest to the worker. `first` chooses
    among what waits, so many at most.
    """
    names = [name for name in _readers if accepts(name)]
    if not names or not _waiting(tuple(names))(now):
        return 0
    items = first(_unread(names).order_by("id"), limit)
    for some in _portions(items):
        _read_some(some, now=now)
    return len(items)


@lru_cache(maxsize=8)
def _waiting(names: tuple[str, ...]) -> Asked:
    return Asked({"deliveries": lambda _: _unread(names)})


def _unread(names: Sequence[str]) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(_readable(names), state=InboxItem.RECEIVED)


def _portions(items: Sequence[InboxItem]) -> Iterator[list[InboxItem]]:
    portion: list[InboxItem] = []
    size = 0
    for item in items:
        if portion and (len(portion) == AT_ONCE or size + len(item.body) > BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(item)
        size += len(item.body)
    if portion:
        yield portion


def _read_some(items: Sequence[InboxItem], *, now: datetime) -> None:
    """Read some in one transaction; facts that cannot be written fail their own delivery and hold up no other."""
    try:
        with unit(ROADBED, now=now) as writing:
            for some in _by_source(_still(items)):
                if len(some) > 1 and (together := _of(_together, some[0].source)) is not None:
                    _read_together(writing, some, together, now=now)
                else:
                    for item in some:
                        _read_one(writing, item, now=now)
    except Exception as fault:
        if _is_no_fault_of_data(fault):
            raise
        if len(items) > 1:
            for item in items:
                _read_some([item], now=now)
            return
        _end(items[0], error=_words(fault), now=now)


def _still(items: Sequence[InboxItem]) -> list[InboxItem]:
    """Those that nobody else has read since they were looked for, locked where a second process may read as well."""
    rows = InboxItem.objects.filter(pk__in=[item.pk for item in items]).order_by("id")
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update()
    states = dict(rows.values_list("pk", "state"))
    return [item for item in items if states.get(item.pk) == item.state]


def _readable(names: Sequence[str]) -> Q:
    known = Q(source__in=list(names))
    for name in names:
        known |= Q(source__startswith=f"{name}:")
    return known


def _by_source(items: Sequence[InboxItem]) -> list[list[InboxItem]]:
    """Deliveries of one source in their order; those of different ones have none among them."""
    found: dict[str, list[InboxItem]] = {}
    for item in items:
        found.setdefault(item.source, []).append(item)
    return list(found.values())


def _reader_of(source: str) -> Reader | None:
    return _of(_readers, source)


def _of(readers: Mapping[str, _R], source: str) -> _R | None:
    return readers.get(source) or readers.get(source.partition(":")[0])


def _read_together(writing: Unit, items: Sequence[InboxItem], together: Together, *, now: datetime) -> None:
    writing.caller = _caller_of(items[0])
    read = []
    for item, answer in zip(items, together(items), strict=True):
        if answer:
            _end(item, error=_words(answer) if isinstance(answer, Exception) else answer, now=now)
        else:
            read.append(item.pk)
    attempts = Least(F("attempts") + 1, 32_000)
    InboxItem.objects.filter(pk__in=read).update(state=InboxItem.READ, error="", read_at=now, attempts=attempts)


def _caller_of(item: InboxItem) -> Caller:
    # What a source tells is told by the source: its facts and its reports name it as whoever did it.
    return Caller(uid=ROADBED.uid, name=item.source, role=ROADBED.role)


def _read_one(writing: Unit, item: InboxItem, *, now: datetime) -> None:
    reader = _reader_of(item.source)
    assert reader is not None  # noqa: S101 - only deliveries that somebody reads are taken
    noted = len(writing.facts)
    writing.caller = _caller_of(item)
    try:
        with transaction.atomic(using="default"):
            error = reader(item)
    except Exception as fault:
        # Whatever else a stranger's payload brings about, it stays with the reason, and half of it is never recorded.
        if _is_no_fault_of_data(fault):
            raise
        del writing.facts[noted:]
        error = _words(fault)
    _end(item, error=error, now=now)


def _is_no_fault_of_data(fault: Exception) -> bool:
    """Whether the database is to blame, so that the delivery is read again later."""
    return isinstance(fault, DatabaseError) and not isinstance(fault, DataError | IntegrityError)


def _end(item: InboxItem, *, error: str, now: datetime) -> None:
    state = InboxItem.FAILED if error else InboxItem.READ
    attempts = min(item.attempts + 1, 32_000)
    rows = InboxItem.objects.filter(pk=item.pk)
    rows.update(state=state, error=error[:2000], read_at=now, attempts=attempts)


def _words(fault: Exception) -> str:
    said = f"{fault.detail} {fault.remedy}".strip() if isinstance(fault, Refusal) else str(fault)
    return f"{type(fault).__name__}: {said}".replace("\x00", "").encode("utf-8", "replace").decode()


def replay(caller: Caller, uid: str, *, now: datetime) -> str:
    """Read a delivery again, after its reader was mended or what it names was registered; answers the new state."""
    authorise(caller, "inbox.replay")
    item = InboxItem.objects.filter(uid=uid).first()
    if item is None:
        raise NotFound(f"No delivery {uid} in the inbox.", remedy="`roadbed ledger inbox` lists what is there.")
    if _reader_of(item.source) is None:
        raise NotFound(f"Nothing reads deliveries of {item.source} yet.")
    _read_some([item], now=now)
    return InboxItem.objects.values_list("state", flat=True).get(pk=item.pk)


def replay_failed(caller: Caller, source: str) -> int:
    """Have every delivery of a source that could not be read read again by the worker; answers how many."""
    authorise(caller, "inbox.replay")
    return InboxItem.objects.filter(source=source, state=InboxItem.FAILED).update(state=InboxItem.RECEIVED)


def forget_read(*, now: datetime, limit: int = 2000) -> int:
    """Delete what was read long ago; its facts stay."""
    old = InboxItem.objects.filter(state=InboxItem.READ, received_at__lt=now - KEPT).order_by("id")
    return InboxItem.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
