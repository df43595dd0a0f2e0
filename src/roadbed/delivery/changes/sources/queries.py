"""Reading sources: how each is, what it delivered last, what of it could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Q

from roadbed.delivery.changes.models import Backfill, Source
from roadbed.delivery.changes.sources.rules import KINDS, silent_since
from roadbed.delivery.changes.sources.usecases import require, source_of
from roadbed.ground.ledger.models import InboxItem

ARRIVALS: Final = 50
"""The newest deliveries, by whose pauses silence is told."""
WEEK: Final = timedelta(days=7)
MOST_COUNTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source.

    Attributes:
        title: what kind of sender it is, in words.
        address: where the sender posts to.
        source: how the inbox calls it.
        proof: what proves its deliveries; `setting` is what to set at the sender.
        both_open_until: until when the former secret opens the door as well; None when only the present one does.
        deliveries: of the last 7 days, at most 100,000 of them; `waiting` and `unreadable` of all that are kept.
        silent_since: its last delivery, where it has been silent for ten times its usual pause; else None.
        ahead_seconds: by how much its clock was ahead when that was last seen, `ahead_at`; None where it never was.
    """

    uid: str
    name: str
    kind: str
    title: str
    address: str
    source: str
    proof: str
    setting: str
    deploys: tuple[str, ...]
    environment: str
    both_open_until: datetime | None
    deliveries: int
    waiting: int
    unreadable: int
    last_delivery_at: datetime | None
    silent_since: datetime | None
    ahead_seconds: float | None
    ahead_at: datetime | None
    created_at: datetime
    created_by: str
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackfillView:
    """How far the past of one repository was taken in. `total` is None while nobody knows it.

    `trouble` is what of it could not be recorded, the last that was met; empty where all could.
    """

    way: str
    repository: str
    cursor: str
    done: int
    total: int | None
    finished: bool
    updated_at: datetime
    trouble: str


def sources(*, now: datetime, archived: bool = True) -> tuple[SourceView, ...]:
    """All sources by name."""
    rows = Source.objects.order_by("name")
    return tuple(_view(row, now) for row in (rows if archived else rows.filter(archived_at=None)))


def source(name: str, *, now: datetime) -> SourceView:
    """One source.

    Raises:
        NotFound: when there is none of that name.
    """
    return _view(require(name), now)


def _view(row: Source, now: datetime) -> SourceView:
    kind, inbox_name = KINDS[row.kind], source_of(row)
    items = InboxItem.objects.filter(source=inbox_name)
    arrivals = list(items.order_by("-id").values_list("received_at", flat=True)[:ARRIVALS])
    unread = items.filter(state__in=[InboxItem.RECEIVED, InboxItem.FAILED]).aggregate(
        waiting=Count("id", filter=Q(state=InboxItem.RECEIVED)), failed=Count("id", filter=Q(state=InboxItem.FAILED))
    )
    both = row.former_until if row.former_until and row.former_until > now else None
    return SourceView(
        uid=row.uid, name=row.name, kind=row.kind, title=kind.title,
        address=f"{settings.PUBLIC_URL.rstrip('/')}/in/{row.name}", source=inbox_name, proof=kind.proof,
        setting=kind.setting, deploys=tuple(row.deploys), environment=row.environment, both_open_until=both,
        deliveries=items.filter(received_at__gt=now - WEEK).order_by("-id")[:MOST_COUNTED].count(),
        waiting=unread["waiting"], unreadable=unread["failed"],
        last_delivery_at=max(arrivals, default=None), silent_since=silent_since(arrivals, now=now),
        ahead_seconds=row.ahead_seconds, ahead_at=row.ahead_at, created_at=row.created_at,
        created_by=row.created_by, archived_at=row.archived_at,
    )  # fmt: skip


def backfills() -> tuple[BackfillView, ...]:
    """How far every backfill is, the newest first."""
    rows = Backfill.objects.order_by("-updated_at", "way", "repository")
    return tuple(
        BackfillView(
            row.way, row.repository, row.cursor, row.done, row.total, row.finished, row.updated_at, row.trouble
        )
        for row in rows[:200]
    )
