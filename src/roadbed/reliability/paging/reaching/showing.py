"""Addresses as others may see them: what opens a door by itself is never shown whole."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

SECRET: Final = frozenset({"slack_hook", "push", "webhook", "ntfy"})
"""Kinds whose address is sealed. Mail addresses, numbers and Slack ids open nothing, and answers are told by them."""

_HOSTED: Final = frozenset({"slack_hook", "webhook", "ntfy"})


def shown_address(kind: str, address: str) -> str:
    """An address for pages, the API and logs: of one that is a secret, its service and its last four characters."""
    if kind not in SECRET:
        return address
    scheme, _, rest = address.partition("://")
    if not rest:
        # A topic of ntfy: whoever knows it reads along.
        return _tail("", address)
    host = rest.partition("/")[0].rpartition("@")[2] if kind in _HOSTED else ""
    return _tail(f"{scheme}://{host}", rest, longest=12)


def shown_calendar(url: str) -> str:
    """A calendar's URL without its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}/…"


def _tail(head: str, rest: str, *, longest: int = 7) -> str:
    """What may be told, and the last four characters where four of so many tell little."""
    return f"{head}…{rest[-4:]}" if len(rest) > longest else f"{head}…"
