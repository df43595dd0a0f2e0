"""What we need of a chat: a room for each incident, with the right people in it, told, read for pins, archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Room:
    """A room. `id` is the chat's own name for it, `name` what people see, `url` leads there."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A message that people pinned in a room."""

    id: str
    at: datetime
    by: str
    text: str


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The chat will never do this as it was asked: a scope is missing, the token is wrong. The message says which."""


class NotReached(Exception):  # noqa: N818 - an outcome that decides about another attempt
    """The chat did not answer, or is too busy; the same request may succeed later."""


class ChatRooms(Protocol):
    """A chat in which rooms can be opened."""

    def open(self, name: str, *, topic: str, private: bool) -> Room:
        """Open a room, or answer the one of that name that this app opened before. Raises Refused, NotReached."""

    def invite(self, room: Room, emails: tuple[str, ...]) -> tuple[str, ...]:
        """Bring people in; answers the addresses that the chat does not know."""

    def post(self, room: Room, text: str, *, key: str) -> None:
        """Say something in it. The same key says the same thing, for a chat that can tell."""

    def pins(self, room: Room) -> tuple[Pin, ...]:
        """What is pinned in it, oldest first."""

    def archive(self, room: Room) -> None:
        """Close it; what was said stays readable. One that is archived already is no fault."""
