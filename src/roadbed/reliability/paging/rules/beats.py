"""When a heartbeat is late, and what counts as one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

SHORTEST, LONGEST = 30, 31 * 86_400
GRACE_LONGEST: Final = 7 * 86_400
AWAY: Final = timedelta(seconds=60)
"""For how long nobody has to have watched before lateness is forgiven."""

LARGEST: Final = 256 * 1024
"""Bytes of a beat that are read; an Alertmanager's Watchdog is about one kilobyte."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What somebody sent: `alive`, or not, with the reason."""

    alive: bool
    reason: str = ""


def late_at(last: datetime, *, interval: int, grace: int) -> datetime:
    """From when on a heartbeat is late, after one at `last`."""
    return last + timedelta(seconds=interval + grace)


def forgiven(late: datetime, *, last: datetime, began: datetime, away: timedelta, allowed: timedelta) -> datetime:
    """When a heartbeat is late, whose last beat was before the one who watches `began`, after being `away`.

    While nobody watched its beats may have had nobody to arrive at. That we are back counts as one.
    """
    if away < AWAY or last >= began:
        return late
    return max(late, began + allowed)


def beat_of(body: bytes) -> Beat:
    """Anything is a beat; but an Alertmanager whose Watchdog is resolved says that its Prometheus is silent."""
    told = _json(body)
    if not isinstance(told, dict) or not isinstance(told.get("alerts"), list):
        return Beat(alive=True)
    states = [one.get("status") for one in told["alerts"] if isinstance(one, dict)]
    if states and all(state == "resolved" for state in states):
        return Beat(
            alive=False, reason="Alertmanager says that the Watchdog alert is resolved, so that nothing fires it."
        )
    return Beat(alive=True)


def _json(body: bytes) -> Any:
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def in_words(seconds: float) -> str:
    """A length of time as one says it: 90 s, 5 min, 2 h, 3 d."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"
