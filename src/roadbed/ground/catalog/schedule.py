"""When a file is read again: every five minutes, spread out, and less often while it keeps failing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

EVERY: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=1)
SPREAD: Final = 0.2


def next_check(location: str, path: str, *, failures: int, now: datetime) -> datetime:
    """The next reading: doubled per failure up to an hour, and moved by up to a tenth either way.

    The shift comes from the file and the time, so that a thousand files registered at once drift apart.
    """
    wait: timedelta = min(EVERY * (1 << min(failures, 8)), LONGEST)
    seed = hashlib.sha256(f"{location}\n{path}\n{now.isoformat()}".encode()).digest()
    shift = int.from_bytes(seed[:4]) / 2**32 - 0.5
    return now + wait * (1 + SPREAD * shift)
