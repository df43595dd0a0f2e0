"""Instants as the API takes them: any offset that a clock can have, kept as UTC, refused beyond the calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def as_utc(given: datetime) -> datetime:
    """The same instant in UTC, since PostgreSQL takes no offset beyond 16 hours; without an offset it is UTC already.

    Raises:
        ValueError: when it lies beyond the years 1 to 9999.
    """
    if given.tzinfo is None:
        return given.replace(tzinfo=UTC)
    try:
        return given.astimezone(UTC)
    except OverflowError:
        raise ValueError("this instant lies beyond the calendar") from None


Instant = Annotated[datetime, AfterValidator(as_utc)]
"""A field of a request that says when."""
