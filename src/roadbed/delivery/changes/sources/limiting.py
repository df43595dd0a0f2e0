"""How often an address or a source may fail to prove itself: what is proven is never counted and never limited."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=5)
BY_ADDRESS, BY_SOURCE = 30, 300
"""Failures within the window: a misconfigured sender makes a few, and many addresses may try one source."""
MOST: Final = 10_000
"""So many addresses and sources are counted at once; beyond that those are forgotten that rested longest."""


def place_of(address: str) -> str:
    """What one sender is counted by: the address, of IPv6 its network, since a sender has all of that."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


@dataclass(slots=True)
class Failures:
    """Counts failures in the memory of one process: with several of them each allows so many by itself."""

    most: int = MOST
    _counts: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, source: str, address: str, *, now: datetime) -> timedelta | None:
        """Count one failure; how long until the next is answered as usual, where there were too many, else None."""
        counted = ((("address", place_of(address)), BY_ADDRESS), (("source", source), BY_SOURCE))
        with self._lock:
            waits = [self._one(key, allowed, now) for key, allowed in counted if key[1]]
            while len(self._counts) > self.most:
                del self._counts[next(iter(self._counts))]
        return max((one for one in waits if one is not None), default=None)

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._counts.clear()

    def _one(self, key: tuple[str, str], allowed: int, now: datetime) -> timedelta | None:
        # Taken out and put back in, so that the ones which rested longest are forgotten first.
        count, until = self._counts.pop(key, (0, now + WINDOW))
        # A clock that was set back must not lock anybody out for longer than a window.
        if not now < until <= now + WINDOW:
            count, until = 0, now + WINDOW
        self._counts[key] = (count + 1, until)
        return until - now if count >= allowed else None


FAILURES: Final = Failures()
