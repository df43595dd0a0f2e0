"""What we need of a code host's API to take in the past: one page of it at a time, from wherever the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roadbed.ground.ports.events import Event


class PastUnavailable(Exception):  # noqa: N818 - mapped to the job's outcome by whoever reads
    """The API does not answer as it should; the message names what and the remedy.

    Args:
        said: one or two sentences.
        final: whether asking again cannot help, as with a wrong token.
    """

    def __init__(self, said: str, *, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the past.

    Attributes:
        events: what it tells.
        cursor: where the next piece begins; after the last one, where there may be news later.
        finished: whether nothing follows for now.
        wait_until: when the API may be asked again, where its limit is reached; None at once.
    """

    events: tuple[Event, ...]
    cursor: str
    finished: bool
    wait_until: datetime | None = None


class PastReader(Protocol):
    """Reads a repository's past from its code host's API."""

    def repository_name(self, repository: str, *, address: str) -> str:
        """The name under which webhooks of that host tell of the repository."""

    def page(self, repository: str, *, token: str, address: str, cursor: str) -> Page:
        """The piece at a cursor; an empty one is the beginning.

        Raises:
            PastUnavailable: when it cannot be read.
        """
