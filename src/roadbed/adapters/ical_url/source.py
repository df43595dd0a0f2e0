"""Owns the reading of one calendar by its URL: conditional, bounded, guarded like a webhook."""

from __future__ import annotations

from typing import Final

from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.calendars import Fetched, NotFetched
from roadbed.ground.ports.notifier import NotDelivered
from roadbed.ground.ports.posting import Poster

SUCCESS: Final = 200
UNCHANGED: Final = 304


class IcalUrl:
    """Reads `https://…/calendar.ics`; `webcal://` means the same over HTTPS."""

    def __init__(self, policy: AddressPolicy) -> None:
        self.policy = policy

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept."""
        return Poster("the calendar", self.policy).fault_of(_http(url))

    def fetch(self, url: str, *, etag: str, largest: int, seconds: float) -> Fetched:
        """Read it. Raises NotFetched."""
        asked = Poster("the calendar", self.policy, reads=largest + 1)
        headers = {"Accept": "text/calendar", **({"If-None-Match": etag} if etag else {})}
        try:
            answer = asked.get(_http(url), headers, seconds=seconds)
        except NotDelivered as fault:
            raise NotFetched(fault.reason) from None
        if answer.status == UNCHANGED:
            return Fetched(None, etag)
        if 300 <= answer.status < 400:  # noqa: PLR2004 - what HTTP calls a redirect
            raise NotFetched("the calendar redirects; name the address itself")
        if answer.status != SUCCESS:
            raise NotFetched(f"the calendar answered {answer.status}")
        if len(answer.body) > largest:
            raise NotFetched(f"the calendar has more than {largest:,} bytes")
        return Fetched(answer.body, answer.headers.get("etag", "")[:200])


def _http(url: str) -> str:
    return f"https://{url.removeprefix('webcal://')}" if url.startswith("webcal://") else url
