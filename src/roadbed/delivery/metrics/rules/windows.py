"""Windows of time as somebody asks for them: from, to, as of an instant, of some length, one or a row of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place

DAY: Final = timedelta(days=1)
_LENGTH: Final = re.compile(r"(?:P)?(?P<number>\d{1,4})(?P<unit>[dwDW])?")
MOST: Final = 1000
"""Windows in a row."""


@dataclass(frozen=True, slots=True)
class Window:
    """From its start on, up to but not including its end."""

    start: datetime
    end: datetime


def length_of(text: str) -> timedelta | None:
    """A window's length like 28d, 4w or P28D; None of nothing.

    Raises:
        Invalid: for anything else.
    """
    if not text:
        return None
    found = _LENGTH.fullmatch(text.strip())
    if found is None or int(found["number"]) == 0:
        raise Invalid(
            f"{text[:20]!r} is no length of a window.", remedy="Write it like 28d or 4w.", place=Place(field="window")
        )
    number = int(found["number"])
    return timedelta(weeks=number) if (found["unit"] or "d").lower() == "w" else timedelta(days=number)


def instant_of(text: str, field: str) -> datetime | None:
    """An instant, or the begin of a day in UTC; None of nothing.

    Raises:
        Invalid: for anything else, and for an instant without its offset.
    """
    if not text:
        return None
    remedy = "Write it like 2026-11-23 or 2026-11-23T09:00:00Z."
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is no instant.", remedy=remedy, place=Place(field=field)) from None
    if at.tzinfo is None:
        raise Invalid(f"{text[:40]!r} has no offset from UTC.", remedy=remedy, place=Place(field=field))
    return at.astimezone(UTC)


def windows_of(
    *,
    begin: datetime | None,
    end: datetime | None,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
    length: timedelta | None = None,
) -> list[Window]:
    """The windows that are asked for.

    Without anything: one over whole days in UTC from the first to the last instant that is known. With a length alone
    one of that length that ends with it, or at `at`. With `since` and a length a row of them; the last may be shorter.

    Args:
        begin: the first instant of what is known.
        end: the last instant of what is known.
        since: the range's begin.
        until: the range's end, not in it.
        at: as of when; a range without an end ends there.
        length: of each window.

    Raises:
        Invalid: when the range ends before it begins, or holds too many windows.
    """
    stop = until or at or (None if end is None else _midnight(end) + DAY)
    if stop is None:
        return []
    start = since
    if start is None and length is not None:
        return [Window(stop - length, stop)]
    start = start or (stop - DAY if begin is None else min(_midnight(begin), stop - DAY))
    if start >= stop:
        raise Invalid(
            f"The window ends at {stop.isoformat()}, before it begins at {start.isoformat()}.",
            remedy="Give --to after --from.",
            place=Place(field="to"),
        )
    if length is None:
        return [Window(start, stop)]
    if (stop - start) / length > MOST:
        raise Invalid(
            f"That are more than {MOST} windows.", remedy="Give a longer --window.", place=Place(field="window")
        )
    return list(_row(start, stop, length))


def _row(start: datetime, stop: datetime, length: timedelta) -> Iterator[Window]:
    while start < stop:
        yield Window(start, min(start + length, stop))
        start += length


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
