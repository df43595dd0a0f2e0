"""When a delivery is tried again, when a receiver is left alone for a while, and when either is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WAITS: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Seconds after the first, second … failed try of one delivery; the last repeats. Fifteen tries fill three days."""

GIVEN_UP_AFTER: Final = timedelta(days=3)
MOST_TRIES: Final = 20

BREATHERS: Final = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds for which a receiver is left alone after so many failures in a row. A dead one costs one try in 5 min."""

JITTER: Final = 0.2
GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed try, as the receiver's answer or its silence tells it."""

    reason: str
    status: int | None = None


def wait_after(tries: int, *, chance: float) -> timedelta:
    """How long one delivery waits after `tries` failed ones; `chance` from 0 to 1 spreads it by a fifth either way."""
    return _spread(WAITS, tries, chance)


def breather_after(failures: int, *, chance: float) -> timedelta:
    """How long a receiver is left alone after so many failures in a row, whatever waits for it."""
    return _spread(BREATHERS, failures, chance)


def _spread(table: tuple[float, ...], count: int, chance: float) -> timedelta:
    base = table[min(max(count, 1), len(table)) - 1]
    return timedelta(seconds=base * (1 + JITTER * (2 * chance - 1)))


def is_given_up(*, tries: int, first_try_at: datetime, now: datetime) -> bool:
    """Whether one delivery is tried no more."""
    return tries >= MOST_TRIES or now - first_try_at >= GIVEN_UP_AFTER


def pause_for(trouble: Trouble, *, failing_since: datetime, now: datetime) -> str:
    """Why the whole subscription is paused; empty while there is hope."""
    if trouble.status == GONE:
        return "The receiver answered 410: it is gone and wants nothing more."
    if now - failing_since >= GIVEN_UP_AFTER:
        days = (now - failing_since) // timedelta(days=1)
        return f"Nothing has arrived for {days} days; the last try: {trouble.reason}."
    return ""
