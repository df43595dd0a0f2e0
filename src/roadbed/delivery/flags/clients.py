"""Who asks for flags: a token, kept in memory for some seconds, the service it is for, and how often it may ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError
from django.utils import timezone

from roadbed.delivery.flags import rules
from roadbed.ground.people.models import Token
from roadbed.ground.people.queries import caller_of_token, digest
from roadbed.ground.people.rules import may

BELIEVED_FOR: Final = 5.0
"""Seconds for which a token is not looked up again: so long can a revoked one go on reading flags."""
PER_SECOND: Final = 500.0
BURST: Final = 1000.0
"""What one token may ask of one web process, so that a loop in one service leaves the others theirs."""
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Client:
    """A known token. `service` and `environment` are empty where its name does not limit it."""

    refused: str
    service: str
    environment: str
    expires_at: datetime | None


class Clients:
    """The tokens that one process has seen lately, and what they have left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[Client, float]] = {}
        self._left: dict[str, rules.Allowance] = {}

    def of(self, secret: str) -> Client | None:
        """The client behind a token, None when it is unknown, revoked or expired."""
        name, at, now = digest(secret), self._clock(), timezone.now()
        client, looked = self._seen.get(name, (None, 0.0))
        if client is None or at - looked >= BELIEVED_FOR:
            try:
                client = _looked_up(secret, now)
            except DatabaseError:
                if client is None:
                    raise
            self._keep(name, client, at)
        if client is not None and client.expires_at is not None and client.expires_at <= now:
            return None
        return client

    def _keep(self, name: str, client: Client | None, at: float) -> None:
        with self._lock:
            if client is None:
                self._seen.pop(name, None)
                return
            if len(self._seen) >= MOST:
                self._seen.clear()
                self._left.clear()
            self._seen[name] = (client, at)

    def wait(self, secret: str) -> float:
        """Seconds until a known token may ask again; 0 when it may now, which is then counted."""
        name, at = digest(secret), self._clock()
        with self._lock:
            former = self._left.get(name, rules.Allowance(BURST, at))
            self._left[name], seconds = rules.taken(former, at=at, per_second=PER_SECOND, burst=BURST)
        return seconds


def _looked_up(secret: str, now: datetime) -> Client | None:
    caller = caller_of_token(secret, now=now)
    row = Token.objects.filter(digest=digest(secret)).values_list("name", "expires_at").first()
    if caller is None or row is None:
        return None
    name, expires_at = row
    answer = may(caller, "flag.evaluate")
    refused = "" if answer.allowed else answer.reason
    limits = rules.limits_of(name)
    if limits is None:
        return Client(refused, "", "", expires_at)
    service, environment = limits
    return Client(
        refused or ("" if service else f"the token {name} names no service"), service, environment, expires_at
    )


seen = Clients()
"""Of this process."""
