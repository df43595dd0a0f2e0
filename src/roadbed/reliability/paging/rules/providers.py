"""Whose machine a message goes to: what one of them cannot take in time holds up no message to another."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_OF_ONE_ACCOUNT: Final = {"sms": "twilio", "voice": "twilio", "slack": "slack"}


def provider_of(kind: str, address: str, server: str) -> str:
    """The provider behind a channel's address: an account's, a mail server, or the host that a URL names."""
    if kind in _OF_ONE_ACCOUNT:
        return _OF_ONE_ACCOUNT[kind]
    if kind == "smtp":
        return f"smtp:{server}"
    try:
        # Of an address that is a secret only what may be shown is known: its host, then three dots.
        parts = urlsplit(address.partition("…")[0])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return kind
    return f"{parts.scheme}://{host}:{port or ''}" if host else parts.scheme or kind
