"""How senders of webhooks prove that they know the secret; every comparison takes the same time whatever differs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from roadbed.ground.ports.events import Delivery

CLOCKS_DIFFER: Final = 300.0
"""Seconds by which a signed timestamp may be off, as Standard Webhooks has it."""
STANDARD: Final = "whsec_"


def same(given: str, expected: str) -> bool:
    """Whether two texts are equal, in constant time; an empty one proves nothing."""
    return bool(given) and bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def hex_digest(header: str, body: bytes, secret: str) -> bool:
    """`sha256=` and the hexadecimal HMAC of the body, as GitHub and its like sign."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return same(header.strip().removeprefix("sha256=").lower(), made)


def bearer(headers: Mapping[str, str], secret: str) -> bool:
    """`Authorization: Bearer` and the secret itself."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and same(token.strip(), secret)


def basic(headers: Mapping[str, str], secret: str) -> bool:
    """The secret as the password of `https://roadbed:SECRET@…`, for senders that can set nothing but an address."""
    return same(password(headers), secret)


def password(headers: Mapping[str, str]) -> str:
    """The password of basic authentication with any user; empty where there is none."""
    scheme, _, told = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        user, _, found = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return found if user else ""


def signed_or_bearer(delivery: Delivery, secret: str) -> bool:
    """What senders can do that have no manner of their own: a signature over the body, else the secret as a token."""
    for name in ("x-roadbed-signature", "x-hub-signature-256"):
        if given := delivery.headers.get(name):
            return hex_digest(given, delivery.body, secret)
    return bearer(delivery.headers, secret) or basic(delivery.headers, secret)


def standard(delivery: Delivery, secret: str, *, now: float) -> bool:
    """Standard Webhooks: the HMAC of id, timestamp and body in base64; several signatures stand apart by spaces."""
    identity, stamp = delivery.headers.get("webhook-id", ""), delivery.headers.get("webhook-timestamp", "")
    if not identity or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:  # noqa: PLR2004 - till 33658
        return False
    if abs(now - int(stamp)) > CLOCKS_DIFFER:
        return False
    signed = f"{identity}.{stamp}.".encode() + delivery.body
    made = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    given = delivery.headers.get("webhook-signature", "").split()[:10]
    # Every one is compared, so that the time does not tell which one fits.
    fits = [same(one.removeprefix("v1,"), made) for one in given if one.startswith("v1,")]
    return any(fits)


def _key(secret: str) -> bytes:
    if secret.startswith(STANDARD):
        try:
            return base64.b64decode(secret.removeprefix(STANDARD), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
