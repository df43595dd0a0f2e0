"""Wall times made into instants, so that every one of them is exactly one instant and their order is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive wall time, in UTC: in a gap the first one that exists, in an overlap the earlier one."""
    first = wall.replace(tzinfo=zone)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise ValueError(f"{zone} has no offset")
    if after <= before:
        return wall.replace(tzinfo=UTC) - before
    # The wall time never was. Read with the offset of after the change it lies before it, with the one of before
    # it lies after it; the change itself is what we look for.
    return _change(wall, zone, before, after)


@lru_cache(maxsize=4096)
def _change(wall: datetime, zone: ZoneInfo, before: timedelta, after: timedelta) -> datetime:
    low, high = (int((wall.replace(tzinfo=UTC) - offset).timestamp()) for offset in (after, before))
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def wall_of(at: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall time of an instant."""
    return at.astimezone(zone).replace(tzinfo=None)
