"""What we need of a calendar somewhere on the web: its text, if it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a calendar's address answered; `text` is None where nothing changed since `etag`."""

    text: bytes | None
    etag: str


class NotFetched(Exception):  # noqa: N818 - an outcome, told to people
    """It could not be read. The message says why, without the address."""


class CalendarSource(Protocol):
    """Reads calendars by URL, within its time, never from a machine that is refused."""

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept; empty when nothing is."""

    def fetch(self, url: str, *, etag: str, largest: int, seconds: float) -> Fetched:
        """Read it. Raises NotFetched."""
