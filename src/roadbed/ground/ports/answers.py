"""What we need of whatever brings people's answers back: prove who sent it, say what was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

ACKNOWLEDGE: Final = "acknowledge"
STATUS: Final = "status"
OTHER: Final = "other"
YES: Final = re.compile(r"\s*(1|a|ack|acknowledged?|ok|take|yes)\b[\s.!]*", re.IGNORECASE)


def is_yes(text: str) -> bool:
    """Whether somebody who was paged says that they take it."""
    return YES.fullmatch(text[:200]) is not None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as a provider sent it.

    Attributes:
        url: the address that the provider called, as it knows it, with the query.
        headers: by lower-case name.
        body: as it came.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What was meant.

    Attributes:
        what: ACKNOWLEDGE, STATUS for what became of a message, or OTHER for anything else that was said.
        token: the token of the message that is answered; empty where only the sender's address is known.
        address: who answers, as a channel's address.
        name: who answers, as a person reads it.
        provider_id: the provider's name for the message.
        delivered: of a STATUS, True for arrived, False for never, None for still under way.
        reason: of a STATUS, what the provider says, in one sentence.
    """

    what: str
    token: str = ""
    address: str = ""
    name: str = ""
    provider_id: str = ""
    delivered: bool | None = None
    reason: str = ""


class NotProven(Exception):  # noqa: N818 - an answer, not a fault
    """Nothing proves that the provider sent this, or it cannot be read; the sentence says why."""


class AnswerReader(Protocol):
    """One provider's way of bringing answers."""

    def read(self, arrived: Arrived, *, now: float) -> Answered:
        """What was meant. Raises NotProven; nothing of the request is believed then."""
