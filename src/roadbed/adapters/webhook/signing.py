"""Owns the signature of a webhook: HMAC-SHA256 over the time and the body, so that an old one cannot be replayed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

VERSION: Final = "v1"
OLDEST: Final = 300.0
"""Seconds: what a receiver should take at most."""


def signature_of(secret: str, timestamp: int, body: bytes) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of `timestamp.body`."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"{VERSION}={made.hexdigest()}"


def signatures_of(secrets: Iterable[str], timestamp: int, body: bytes) -> str:
    """What goes into the header: a signature by each secret, the newest first, apart by commas."""
    return ",".join(signature_of(secret, timestamp, body) for secret in secrets if secret)


def is_signed(secret: str, timestamp: str, signature: str, body: bytes, *, now: float) -> bool:
    """Whether a message is ours and fresh: what a receiver checks."""
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > OLDEST:
        return False
    made = signature_of(secret, int(timestamp), body).encode()
    return any(hmac.compare_digest(made, one.strip().encode()) for one in signature.split(","))
