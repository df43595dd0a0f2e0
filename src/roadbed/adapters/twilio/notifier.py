"""Owns the sending of one text message and the placing of one call through Twilio's API."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.ground.ports.posting import Poster

API: Final = "https://api.twilio.com"
NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
TEXT: Final = 600
"""Characters of a text message: four parts, since a carrier drops longer ones more often."""

SPOKEN: Final = 400


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """An account.

    Attributes:
        sid: its name, beginning with AC.
        token: answers what opens it; asked at each use, so that a new one is taken up.
        sender: the number that messages and calls come from, or a messaging service's name beginning with MG.
        api: where the API is.
    """

    sid: str
    token: Callable[[], str]
    sender: str
    api: str = API


class _Twilio:
    """What messages and calls have in common."""

    def __init__(self, account: TwilioAccount, *, policy: AddressPolicy | None = None) -> None:
        self.account = account
        self.poster = Poster("Twilio", policy or AddressPolicy(), reads=65_536)

    def fault_of(self, address: str) -> str:
        """What is wrong with a number; empty when nothing is."""
        if NUMBER.fullmatch(address):
            return ""
        return f"{address[:40]!r} is no telephone number; write it as +46701234567."

    def _create(self, what: str, form: dict[str, str], *, seconds: float) -> Delivered:
        account = self.account
        opened = base64.b64encode(f"{account.sid}:{account.token()}".encode()).decode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {opened}"}
        url = f"{account.api.rstrip('/')}/2010-04-01/Accounts/{account.sid}/{what}.json"
        answer = self.poster.post(url, urlencode(form).encode(), headers, seconds=seconds)
        told = _told(answer.body)
        self.poster.taken(answer, _reason(told))
        if not isinstance(told.get("sid"), str):
            raise NotDelivered("Twilio answered without the message's name", unknown=True, status=answer.status)
        return Delivered(provider_id=told["sid"][:200], status=answer.status)


class TwilioSms(_Twilio):
    """Sends text messages; a reply of 1 acknowledges."""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        sender = self.account.sender
        form = {
            "To": message.address,
            "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
            "Body": (message.short or message.subject)[:TEXT],
        }
        if message.token and message.answers:
            form["StatusCallback"] = f"{message.answers}/twilio/status/{message.token}"
        return self._create("Messages", form, seconds=seconds)


class TwilioVoice(_Twilio):
    """Places calls; pressing 1 acknowledges."""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time: the call is placed then, and its end is told later. Raises NotDelivered."""
        if self.account.sender.startswith("MG"):
            raise NotDelivered("a messaging service cannot call; set `voice_from` to a number", permanent=True)
        form = {"To": message.address, "From": self.account.sender, "Twiml": _twiml(message), "Timeout": "30"}
        if message.token and message.answers:
            form["StatusCallback"] = f"{message.answers}/twilio/status/{message.token}"
        return self._create("Calls", form, seconds=seconds)


def _twiml(message: Message) -> str:
    said = escape((message.short or message.subject)[:SPOKEN])
    if not (message.token and message.answers):
        return f'<Response><Say loop="3">{said}</Say></Response>'
    action = quoteattr(f"{message.answers}/twilio/voice/{message.token}")
    # Who does not press anything hears it again; a machine that answers takes nothing.
    ask = f"<Say>{said} Press 1 to take it.</Say>"
    gather = f'<Gather numDigits="1" timeout="6" method="POST" action={action}>{ask}</Gather>'
    return f"<Response>{gather * 3}<Say>Nobody took it. Good bye.</Say></Response>"


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _reason(told: dict[str, Any]) -> str:
    code, said = told.get("code"), str(told.get("message", ""))
    return f"{said} (error {code})" if code else said
