"""The inbox: raw deliveries are stored first, answered, then read by whoever reads their source."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from roadbed.ground.errors import NotFound, Refusal
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.people.rules import Caller, authorise

Reader = Callable[[InboxItem], None]
"""Reads one delivery into facts; raises to leave it in the inbox with the reason."""

_readers: dict[str, Reader] = {}


def register_reader(source: str, reader: Reader) -> None:
    """Say who reads the deliveries of a source; called by wiring."""
    _readers[source] = reader


def receive(
    caller: Caller, *, source: str, delivery_id: str, headers: dict[str, str], body: bytes, now: datetime
) -> str:
    """Store a delivery raw and answer its uid; the same delivery again answers the first one's."""
    authorise(caller, "inbox.receive")
    item, _ = InboxItem.objects.get_or_create(
        source=source,
        delivery_id=delivery_id,
        defaults={"uid": uuid.uuid4().hex, "received_at": now, "headers": headers, "body": body},
    )
    return item.uid


def read_pending(*, now: datetime, limit: int = 100) -> int:
    """Read what has arrived; a delivery that cannot be read is marked with the reason and kept."""
    items = list(InboxItem.objects.filter(state=InboxItem.RECEIVED, source__in=list(_readers)).order_by("id")[:limit])
    for item in items:
        _read_one(item, now=now)
    return len(items)


def _read_one(item: InboxItem, *, now: datetime) -> None:
    try:
        with transaction.atomic(using="default"):
            _readers[item.source](item)
            state, error = InboxItem.READ, ""
    except (Refusal, ValueError, KeyError, TypeError, UnicodeDecodeError) as fault:
        state, error = InboxItem.FAILED, f"{type(fault).__name__}: {fault}"
    InboxItem.objects.filter(pk=item.pk).update(
        state=state, error=error[:2000], read_at=now, attempts=item.attempts + 1
    )


def replay(caller: Caller, uid: str, *, now: datetime) -> str:
    """Read a failed delivery again, after its reader was mended; answers the new state."""
    authorise(caller, "inbox.replay")
    item = InboxItem.objects.filter(uid=uid).first()
    if item is None:
        raise NotFound(f"No delivery {uid} in the inbox.", remedy="`roadbed ledger inbox` lists what is there.")
    if item.source not in _readers:
        raise NotFound(f"Nothing reads deliveries of {item.source} yet.")
    _read_one(item, now=now)
    return InboxItem.objects.values_list("state", flat=True).get(pk=item.pk)
