"""What the API of the ledger takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema


class FactOut(Schema):
    """One thing that happened."""

    position: int
    uid: str
    kind: str
    subject: str
    environment: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    actor_name: str
    source: str
    source_id: str
    supersedes: str
    data: dict[str, Any]


class FactPage(Schema):
    """Facts, and where the next ones begin."""

    items: list[FactOut]
    next_cursor: str | None


class ItemOut(Schema):
    """One delivery as it arrived; `error` says why it could not be read."""

    uid: str
    source: str
    delivery_id: str
    received_at: datetime
    state: str
    error: str
    read_at: datetime | None
    attempts: int
    size: int


class ItemPage(Schema):
    """Deliveries, and where the next ones begin."""

    items: list[ItemOut]
    next_cursor: str | None


class ItemWhole(ItemOut):
    """One delivery with what it holds; `encoding` is text or base64."""

    headers: dict[str, str]
    body: str
    encoding: str


class StateOut(Schema):
    """A delivery's state after it was read again."""

    state: str


class ProgressOut(Schema):
    """How far a projection has read."""

    name: str
    position: int
    behind: int
    rebuilding: bool
    as_of: datetime | None


class RebuildOut(Schema):
    """The job that does it; follow it in /jobs."""

    job: str
