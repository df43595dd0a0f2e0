"""One unit of writing: a short transaction whose facts are inserted last, so that positions are seen in order."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from roadbed.ground import waking
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.rules import KINDS
from roadbed.ground.people.rules import Caller

_ADVISORY_LOCK = 7_246_733
"""Any constant works; it only has to be the same for every writer of facts."""

_open = threading.local()


class Unit:
    """Collects the facts of one transaction."""

    def __init__(self, caller: Caller, now: datetime) -> None:
        self.caller = caller
        self.now = now
        self.facts: list[Fact] = []

    def record(
        self,
        kind: str,
        subject: str,
        *,
        environment: str = "",
        occurred_at: datetime | None = None,
        source: str = "roadbed",
        source_id: str = "",
        supersedes: str = "",
        data: dict[str, Any] | None = None,
    ) -> str:
        """Note a fact, to be inserted when the unit ends, and answer its uid.

        The same (source, source_id) a second time changes nothing.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fact {kind!r}: add it to ground/ledger/rules.py and to the docs")
        uid = uuid.uuid4().hex
        self.facts.append(
            Fact(
                uid=uid,
                kind=kind,
                subject=subject,
                environment=environment,
                occurred_at=occurred_at or self.now,
                recorded_at=self.now,
                actor=self.caller.uid,
                actor_name=self.caller.name[:160],
                source=source,
                source_id=source_id or uid,
                supersedes=supersedes,
                data=data or {},
            )
        )
        return uid

    def insert(self) -> None:
        """Insert what was noted. Called once, last, inside the transaction."""
        if not self.facts:
            return
        connection = connections["default"]
        if connection.vendor == "postgresql":
            # Sequences are handed out before commit, so without this lock a reader's cursor
            # could pass a position whose transaction commits later.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        Fact.objects.bulk_create(self.facts, ignore_conflicts=True)
        waking.ring()


@contextmanager
def unit(caller: Caller, *, now: datetime) -> Iterator[Unit]:
    """Open a transaction on the records, or join the one that is open; facts go in last.

    On SQLite the transaction takes the write lock at once (IMMEDIATE), so keep it under 20 ms: no network, no files.
    """
    outer: Unit | None = getattr(_open, "unit", None)
    if outer is not None:
        yield outer
        return
    with transaction.atomic(using="default"):
        opened = Unit(caller, now)
        _open.unit = opened
        try:
            yield opened
            opened.insert()
        finally:
            _open.unit = None
