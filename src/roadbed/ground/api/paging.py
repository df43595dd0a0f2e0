"""Cursor pagination: opaque, stable under inserts, cheap at any depth."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from roadbed.ground.errors import Invalid, Place

T = TypeVar("T")
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of what follows; None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None


def encode_cursor(*keys: Any) -> str:
    """Keys of the last row shown, as an opaque string."""
    return base64.urlsafe_b64encode(json.dumps(keys, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The keys again.

    Raises:
        Invalid: when it is not a cursor that this server made.
    """
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        keys = None
    if not isinstance(keys, list) or len(keys) != length:
        raise Invalid(
            "This cursor was not made by this list.", remedy="Begin again without it.", place=Place(field="cursor")
        )
    return keys


def checked_limit(limit: int) -> int:
    """The limit, refused outside 1 to 200."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit {limit} is not between 1 and {MAX_LIMIT}.", place=Place(field="limit"))
    return limit


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """A page from `limit + 1` rows: the one too many says that there is more."""
    items = tuple(rows[:limit])
    following = encode_cursor(*key(items[-1])) if len(rows) > limit and items else None
    return Page(items=items, next_cursor=following)
