"""What we need of whatever brings commands that people write in a chat: prove who sent it, say what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from roadbed.ground.ports.answers import Arrived


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command as somebody wrote it.

    Attributes:
        text: what follows the command's name; empty for a look whether we are there.
        address: who wrote it, as a channel's address.
        name: who wrote it, as a person reads it.
        proof: the same for the same request alone, so that one that is repeated can be told.
        ping: whether only our certificate is looked at.
    """

    text: str
    address: str = ""
    name: str = ""
    proof: str = ""
    ping: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer; with a token a button stands beside it that acknowledges."""

    text: str
    token: str = ""


class CommandReader(Protocol):
    """One chat's way of bringing commands and of showing what is answered to whoever wrote, and to nobody else."""

    def read(self, arrived: Arrived, *, now: float) -> Commanded:
        """What was written. Raises NotProven; nothing of the request is believed then."""

    def answer(self, lines: Sequence[Line]) -> dict[str, Any]:
        """The body of the answer."""
