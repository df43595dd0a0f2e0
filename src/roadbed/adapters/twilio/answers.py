"""Owns the proof and the reading of what Twilio posts: replies, pressed keys, and what became of a message."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from roadbed.ground.ports.answers import ACKNOWLEDGE, OTHER, STATUS, Answered, Arrived, NotProven, is_yes
from roadbed.ground.ports.proofs import same

ARRIVED: Final = frozenset({"delivered", "read", "completed"})
NEVER: Final = frozenset({"failed", "undelivered", "busy", "no-answer", "canceled"})
MOST: Final = 200
"""Parameters of one request; Twilio sends some thirty."""


def signature_of(token: str, url: str, parameters: Mapping[str, str]) -> str:
    """The base64 HMAC-SHA1 over the address and every parameter, sorted by name, as Twilio signs forms."""
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class TwilioAnswers:
    """Reads what Twilio posts, after its signature."""

    def __init__(self, token: Callable[[], str]) -> None:
        self.token = token

    def read(self, arrived: Arrived, *, now: float) -> Answered:  # noqa: ARG002 - Twilio signs no time; tokens work once
        """What was meant. Raises NotProven."""
        try:
            given = dict(parse_qsl(arrived.body.decode(), keep_blank_values=True, max_num_fields=MOST))
        except (ValueError, UnicodeDecodeError):
            raise NotProven("It is no form.") from None
        token = self.token()
        signature = arrived.headers.get("x-twilio-signature", "")
        if not token or not same(signature, signature_of(token, arrived.url, given)):
            raise NotProven("Its signature is not Twilio's: is `public_url` the address that Twilio calls?")
        return _read(given)


def _read(given: Mapping[str, str]) -> Answered:
    sender = given.get("From", "")[:40]
    name = (given.get("MessageSid") or given.get("SmsSid") or given.get("CallSid") or "")[:64]
    if "Digits" in given:
        # A call comes from our number; who pressed the key is who was called.
        what = ACKNOWLEDGE if given["Digits"].strip() == "1" else OTHER
        return Answered(what, address=given.get("To", "")[:40], provider_id=name)
    status = (given.get("MessageStatus") or given.get("CallStatus") or "").lower()
    if status and "Body" not in given:
        known = True if status in ARRIVED else False if status in NEVER else None
        code = given.get("ErrorCode", "")[:12]
        reason = f"Twilio says it is {status}" + (f" (error {code})" if code and code != "0" else "")
        return Answered(STATUS, address=given.get("To", "")[:40], provider_id=name, delivered=known, reason=reason)
    if is_yes(given.get("Body", "")):
        return Answered(ACKNOWLEDGE, address=sender, provider_id=name)
    return Answered(OTHER, address=sender, provider_id=name)
