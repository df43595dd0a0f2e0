"""When to believe that a lease is over: never by one look at the clock, which may have jumped."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

LEASE: Final = timedelta(seconds=30)
RENEWED_EVERY: Final = LEASE.total_seconds() / 3
GRACE: Final = RENEWED_EVERY + 2
"""Seconds for which a lease has to be over before its work is given to another: a clock that jumped ends no lease, nor
does a database that was away for longer than one."""


@dataclass
class Overdue:
    """Leases that are over by the clock, and since when they are seen to be."""

    _since: dict[tuple[str, datetime], float] = field(default_factory=dict)

    def stays(self, uid: str, until: datetime) -> bool:
        """Whether a lease that is over by the clock stays so: who lives renews it, whatever became of the clock."""
        now = time.monotonic()
        kept = {lease: at for lease, at in self._since.items() if now - at < LEASE.total_seconds()}
        at = kept.setdefault((uid, until), now)
        self._since = kept
        return now - at > GRACE
