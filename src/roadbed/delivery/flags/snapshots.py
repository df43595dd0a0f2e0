"""The flags of a service in memory: evaluated without the database, refreshed when their version moved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import DatabaseError

from roadbed.delivery.flags import queries, rules
from roadbed.ground.catalog import queries as catalog

log = structlog.get_logger(__name__)
LOOK_AFTER: Final = 1.0
"""Seconds for which a version is taken as the newest: so long can a change take to be seen."""
NAMED_FOR: Final = 30.0
"""Seconds for which a name is taken to mean the same service."""
MOST: Final = 2000
"""Snapshots kept by one process; past it they begin anew, since environments are named by whoever asks."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The flags of one service in one environment at a version."""

    service_uid: str
    service: str
    environment: str
    version: int
    answers: dict[str, Callable[[str | None], rules.Answer]]

    def tag(self, targeting_key: str | None) -> str:
        """The entity tag of everything that is answered to this key."""
        return rules.entity_tag(self.service_uid, self.environment, self.version, targeting_key)


@dataclass(slots=True)
class _Held:
    snapshot: Snapshot
    looked: float
    named: float
    looking: threading.Lock


class Snapshots:
    """What one process knows of flags."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[tuple[str, str], _Held] = {}

    def of(self, service: str, environment: str) -> Snapshot:
        """The flags there, at most a second old; older where the database is silent.

        Raises:
            NotFound: when there is no such service.
        """
        at = self._clock()
        held = self._held.get((service, environment))
        if held is None or at - held.named >= NAMED_FOR:
            return self._named(service, environment, held, at)
        if at - held.looked >= LOOK_AFTER and held.looking.acquire(blocking=False):
            # One thread looks; the others answer from what there is meanwhile.
            try:
                self._look(held, at)
            finally:
                held.looking.release()
        return held.snapshot

    def _named(self, service: str, environment: str, held: _Held | None, at: float) -> Snapshot:
        try:
            known = catalog.require_service(service)
            snapshot = _taken(known.uid, known.name, environment)
        except DatabaseError:
            if held is None:
                raise
            self._silent(held, at)
            return held.snapshot
        if len(self._held) >= MOST:
            self._held.clear()
        self._held[service, environment] = _Held(snapshot, at, at, threading.Lock())
        return snapshot

    def _look(self, held: _Held, at: float) -> None:
        former = held.snapshot
        try:
            if queries.version_of(former.service_uid, former.environment) != former.version:
                held.snapshot = _taken(former.service_uid, former.service, former.environment)
            held.looked = at
        except DatabaseError:
            self._silent(held, at)

    def _silent(self, held: _Held, at: float) -> None:
        # Flags outlive the records they come from: what was last known is answered, and asked for again in a second.
        held.looked, held.named = at, at - NAMED_FOR + LOOK_AFTER
        log.warning("flags.database_silent", service=held.snapshot.service, version=held.snapshot.version)


def _taken(service_uid: str, service: str, environment: str) -> Snapshot:
    # The version first: flags that change in between are then read once too often, never missed.
    version = queries.version_of(service_uid, environment)
    found = queries.definitions(service_uid, environment)
    answers = {definition.key: rules.answering(definition) for definition in found}
    return Snapshot(service_uid, service, environment, version, answers)


held = Snapshots()
"""Of this process."""
