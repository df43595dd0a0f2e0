"""How often one may fail to sign in: a few times at once, then ever more slowly, by account and by address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache

WINDOW = timedelta(minutes=15)
BY_ACCOUNT, BY_ADDRESS = 10, 50
"""Failures within the window: ten guesses find no password of 12 characters, and many people share an address."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, from where."""

    email: str
    address: str

    def counted(self) -> tuple[tuple[str, int], ...]:
        """What is counted, with how many failures each may have."""
        return (_key("account", self.email.casefold()), BY_ACCOUNT), (_key("address", self.address), BY_ADDRESS)


def wait_of(attempt: Attempt, *, now: datetime) -> timedelta | None:
    """How long to wait before the next try; None when one may try now."""
    waits = [
        until - now
        for key, most in attempt.counted()
        if (held := cache.get(key)) is not None and held[0] >= most and (until := held[1]) > now
    ]
    return max(waits, default=None)


def failed(attempt: Attempt, *, now: datetime) -> None:
    """Count a failure; the window begins anew with the first after its end."""
    for key, _ in attempt.counted():
        count, until = cache.get(key) or (0, now + WINDOW)
        if until <= now:
            count, until = 0, now + WINDOW
        cache.set(key, (count + 1, until), timeout=WINDOW.total_seconds())


def succeeded(attempt: Attempt) -> None:
    """Forget the account's failures; the address may still be guessing at others."""
    cache.delete(attempt.counted()[0][0])


def _key(kind: str, value: str) -> str:
    return f"sign-in:{kind}:{sha256(value.encode()).hexdigest()[:32]}"
