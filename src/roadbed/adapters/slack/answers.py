"""Owns the proof and the reading of a pressed button as Slack sends it: signed with `v0` over its time and body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

from roadbed.adapters.slack.notifier import ACTION
from roadbed.ground.ports.answers import ACKNOWLEDGE, OTHER, Answered, Arrived, NotProven
from roadbed.ground.ports.proofs import CLOCKS_DIFFER, same

OLDEST: Final = CLOCKS_DIFFER
"""Seconds after which a request is too old: Slack's own five minutes. One repeated within them does nothing twice."""


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and the hexadecimal HMAC-SHA256 of `v0:timestamp:body`."""
    made = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={made.hexdigest()}"


def proven(arrived: Arrived, secret: str, *, now: float) -> str:
    """The signature of a request that Slack sent within five minutes. Raises NotProven for any other."""
    stamp = arrived.headers.get("x-slack-request-timestamp", "")
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12 or abs(now - int(stamp)) > OLDEST:  # noqa: PLR2004 - till 33658
        raise NotProven("Its timestamp is missing or more than five minutes off.")
    signature = arrived.headers.get("x-slack-signature", "")
    if not secret or not same(signature, signature_of(secret, stamp, arrived.body)):
        raise NotProven("Its signature is not Slack's.")
    return signature


class SlackAnswers:
    """Reads what Slack posts to the request URL of an app's interactivity."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self.secret = secret

    def read(self, arrived: Arrived, *, now: float) -> Answered:
        """What was meant. Raises NotProven."""
        proven(arrived, self.secret(), now=now)
        return _read(_payload(arrived.body))


def _payload(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(parse_qs(body.decode())["payload"][0])
    except (ValueError, KeyError, UnicodeDecodeError):
        raise NotProven("It holds no payload.") from None
    if not isinstance(given, dict):
        raise NotProven("Its payload is no object.")
    return given


def _read(given: dict[str, Any]) -> Answered:
    user = given.get("user") if isinstance(given.get("user"), dict) else {}
    assert isinstance(user, dict)  # noqa: S101 - the line above
    who = str(user.get("id", ""))[:40]
    name = str(user.get("username") or user.get("name") or who)[:80]
    actions = given.get("actions")
    for action in actions if isinstance(actions, list) else []:
        if isinstance(action, dict) and action.get("action_id") == ACTION:
            return Answered(ACKNOWLEDGE, token=str(action.get("value", ""))[:200], address=who, name=name)
    return Answered(OTHER, address=who, name=name)
