"""Pages of facts and of deliveries, for the API and the portal."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.ledger.queries import view_of
from roadbed.ground.ledger.rules import FactView

STATES = (InboxItem.RECEIVED, InboxItem.READ, InboxItem.FAILED)
_SECRET = ("authorization", "cookie", "token", "secret", "signature", "api-key")


@dataclass(frozen=True, slots=True)
class ItemView:
    """One delivery as lists show it."""

    id: int
    uid: str
    source: str
    delivery_id: str
    received_at: datetime
    state: str
    error: str
    read_at: datetime | None
    attempts: int
    size: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    encoding: str = "text"


def facts(
    *,
    subject: str = "",
    kind: str = "",
    saying: Q | None = None,
    oldest_first: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Page[FactView]:
    """Facts by position: newest first to look, oldest first to follow; `saying` narrows them by what they hold."""
    checked_limit(limit)
    rows = Fact.objects.order_by("position" if oldest_first else "-position")
    if subject:
        rows = rows.filter(subject=subject)
    if kind:
        rows = rows.filter(kind=kind)
    if saying is not None:
        rows = rows.filter(saying)
    if cursor:
        last = _position(cursor)
        rows = rows.filter(position__gt=last) if oldest_first else rows.filter(position__lt=last)
    return page_of([view_of(row) for row in rows[: limit + 1]], limit, lambda row: (row.position,))


def inbox(*, state: str = "", source: str = "", cursor: str = "", limit: int = 50) -> Page[ItemView]:
    """Deliveries, newest first, without what they hold."""
    checked_limit(limit)
    if state and state not in STATES:
        raise Invalid(f"{state!r} is no state.", remedy=f"One of {', '.join(STATES)}.", place=Place(field="state"))
    rows = InboxItem.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if source:
        rows = rows.filter(source=source)
    if cursor:
        rows = rows.filter(id__lt=_position(cursor))
    return page_of([_item(row, whole=False) for row in rows[: limit + 1]], limit, lambda row: (row.id,))


def delivery(uid: str) -> ItemView:
    """One delivery with what it holds; header values that prove identity are not shown."""
    row = InboxItem.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"No delivery {uid[:40]} in the inbox.", remedy="`roadbed ledger inbox` lists what is there.")
    return _item(row, whole=True)


def _position(cursor: str) -> int:
    (last,) = decode_cursor(cursor, 1)
    if not isinstance(last, int) or not 0 <= last < 2**63:
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return last


def _item(row: InboxItem, *, whole: bool) -> ItemView:
    raw = bytes(row.body)
    shown, encoding = "", "text"
    if whole:
        try:
            shown = raw.decode()
        except UnicodeDecodeError:
            shown, encoding = base64.b64encode(raw).decode(), "base64"
    return ItemView(
        id=row.pk, uid=row.uid, source=row.source, delivery_id=row.delivery_id, received_at=row.received_at,
        state=row.state, error=row.error, read_at=row.read_at, attempts=row.attempts, size=len(raw),
        headers=_without_secrets(row.headers) if whole else {}, body=shown, encoding=encoding,
    )  # fmt: skip


def _without_secrets(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: "(not shown)" if any(word in name.lower() for word in _SECRET) else str(value)
        for name, value in headers.items()
    }
