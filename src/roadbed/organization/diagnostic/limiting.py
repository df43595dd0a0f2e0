"""How often one address may begin and answer: far more than people need, far less than filling a disk takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within a window, by what is done. A whole office can share one address."""

    name: str
    most: int
    window: timedelta = timedelta(hours=1)


BEGIN: Final = Limit("begin", 60)
WRITE: Final = Limit("write", 3000)
LOOK: Final = Limit("look", 600)
"""For links that somebody may guess at: 24 random bytes are out of reach anyway."""


def wait_of(limit: Limit, address: str, *, now: datetime) -> timedelta | None:
    """Count one; how long to wait where there were too many, else None. The address is kept as a digest, an hour."""
    key = f"diagnostic:{limit.name}:{sha256(address.encode()).hexdigest()[:32]}"
    count, until = cache.get(key) or (0, now + limit.window)
    if until <= now:
        count, until = 0, now + limit.window
    if count >= limit.most:
        wait: timedelta = until - now
        return wait
    cache.set(key, (count + 1, until), timeout=limit.window.total_seconds())
    return None
