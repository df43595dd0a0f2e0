"""Asking a code host's API: one GET with its time limits, its rate limits and its refusals in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from roadbed.ground.ports.past import PastUnavailable

SECONDS: Final = 30.0
LARGEST: Final = 32 * 1024 * 1024
LONGEST_WAIT: Final = timedelta(hours=2)
"""A host that asks for more patience is asked again after this."""
SPARE: Final = 5
"""Requests that are left to others who use the same token."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer: the JSON, its headers, and when the API may be asked again; None at once."""

    payload: Any
    headers: Mapping[str, str]
    wait_until: datetime | None


class TooFast(Exception):  # noqa: N818 - an answer of the API, not a fault
    """The limit is reached; asked again at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the API's limit is reached")
        self.until = until


def ask(client: httpx.Client, path: str, params: Mapping[str, Any]) -> Asked:
    """GET a path of the API.

    Raises:
        TooFast: when its limit is reached.
        PastUnavailable: for every other refusal.
    """
    try:
        answer = client.get(path, params=dict(params))
    except httpx.HTTPError as fault:
        raise PastUnavailable(f"{client.base_url} does not answer ({type(fault).__name__}).") from None
    now = datetime.now(UTC)
    until = _until(answer.headers, now=now)
    if answer.status_code == 429 or (answer.status_code == 403 and until is not None):  # noqa: PLR2004 - HTTP's own
        raise TooFast(until or now + timedelta(minutes=1))
    if answer.status_code in (401, 403, 404):
        raise PastUnavailable(
            f"{client.base_url} answered {answer.status_code} for {path}. Give a token that may read the repository, "
            "and its name as the host has it.",
            final=True,
        )
    if not answer.is_success:
        raise PastUnavailable(f"{client.base_url} answered {answer.status_code} for {path}.")
    if len(answer.content) > LARGEST:
        raise PastUnavailable(f"{path} answered more than {LARGEST:,} bytes.", final=True)
    try:
        return Asked(answer.json(), answer.headers, until)
    except ValueError:
        raise PastUnavailable(f"{client.base_url} answered no JSON for {path}.") from None


def _until(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """When to ask again: what Retry-After says, else the reset of a limit that is nearly spent."""
    if (after := headers.get("retry-after", "")).isdecimal():
        return now + min(timedelta(seconds=min(int(after), 10**6)), LONGEST_WAIT)
    for prefix in ("x-ratelimit-", "ratelimit-"):
        left, reset = headers.get(f"{prefix}remaining", ""), headers.get(f"{prefix}reset", "")
        if left.isdecimal() and reset.isdecimal() and int(left) <= SPARE and len(reset) < 12:  # noqa: PLR2004 - till 33658
            return min(max(now, datetime.fromtimestamp(int(reset), UTC)), now + LONGEST_WAIT)
    return None


def client(address: str, headers: Mapping[str, str]) -> httpx.Client:
    """A client of an API.

    Raises:
        PastUnavailable: for what is no address.
    """
    if not address.startswith(("https://", "http://")):
        raise PastUnavailable(f"{address[:100]!r} is no http or https address.", final=True)
    return httpx.Client(base_url=address.rstrip("/"), headers=dict(headers), timeout=SECONDS, trust_env=False)
