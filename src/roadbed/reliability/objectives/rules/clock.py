"""Minutes since 1970 and instants, either from the other."""

from __future__ import annotations

from datetime import UTC, datetime


def minute_of(at: datetime) -> int:
    """The minute in which an instant lies."""
    return int(at.timestamp()) // 60


def instant(minute: int) -> datetime:
    """The instant at which a minute begins."""
    return datetime.fromtimestamp(minute * 60, tz=UTC)
