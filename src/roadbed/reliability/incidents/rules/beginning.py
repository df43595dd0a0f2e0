"""When harm to customers began, apart from when a burn was seen: the first of the bad minutes in a row; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
LOOKED_BACK: Final = timedelta(hours=2)
NOISE: Final = timedelta(minutes=2)
"""So near before a change, a bad minute is taken for the errors that every service has."""


def began(seen_at: datetime, *, is_bad: Callable[[datetime], bool], changes: Iterable[datetime] = ()) -> datetime:
    """The first bad minute of the row that ends when the burn was seen; that instant itself where there is none.

    The minute in which it was seen may be young and look good, so it does not end the row. Where a change went out at
    most two minutes after the row's first minute, harm began in the minute of the change.
    """
    first, minute = seen_at, seen_at.replace(second=0, microsecond=0)
    while seen_at - minute <= LOOKED_BACK:
        if is_bad(minute):
            first = minute
        elif minute + MINUTE <= seen_at:
            break
        minute -= MINUTE
    near = [at.replace(second=0, microsecond=0) for at in changes if first < at <= min(first + NOISE, seen_at)]
    return max(first, min(near, default=first))
