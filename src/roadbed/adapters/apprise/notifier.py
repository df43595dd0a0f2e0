"""Owns one push through Apprise: in a process of its own, since Apprise knows no time limit for the whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import TimeoutError as Late
from typing import Final
from urllib.parse import urlsplit

from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.ground.ports.resolving import Refused, allowed, looked_up

HOSTED: Final = frozenset({
    "tgram", "pover", "pbul", "discord", "gchat", "workflow", "workflows", "opsgenie", "pagerduty", "pagertree",
    "victorops", "splunk", "zulip", "simplepush", "spush", "signl4", "prowl", "pushy", "pushed", "wxteams", "webex",
    "whatsapp", "vonage", "sinch", "plivo", "bulksms", "clicksend", "messagebird", "msg91", "d7sms", "ifttt", "notica",
    "pushdeer", "join", "twist", "guilded", "dingtalk", "feishu", "lark", "line", "threema",
})  # fmt: skip
"""Services at an address of their own, which a URL cannot change."""

SELF_HOSTED: Final = frozenset({
    "gotify", "gotifys", "mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "nctalk", "nctalks",
    "signal", "signals", "hassio", "hassios", "bark", "barks", "synology", "synologys",
})  # fmt: skip
"""Services at the host that the URL names, which is looked at as a webhook's is."""

SCHEME: Final = re.compile(r"([a-z0-9]{2,20})://\S+")
START: Final = 2.0
"""Seconds that are left to the process for its start, besides the delivery's own time."""


class AppriseNotifier:
    """Hands a message to Apprise."""

    def __init__(self, policy: AddressPolicy | None = None) -> None:
        self.policy = policy or AddressPolicy()

    def fault_of(self, url: str) -> str:
        """What is wrong with an address; empty when nothing is. It never repeats the address: it holds secrets."""
        scheme = _scheme(url)
        if scheme not in HOSTED and scheme not in SELF_HOSTED:
            return f"{scheme[:20] + '://' if scheme else 'This'} is no push service that Roadbed uses through Apprise."
        try:
            self._check(url, scheme, seconds=2.0)
        except NotDelivered as fault:
            return f"{fault.reason}." if fault.permanent else ""
        return ""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Apprise tells yes or no alone, so a no is tried again. Raises NotDelivered."""
        if fault := self.fault_of(message.address):
            raise NotDelivered(fault, permanent=True)
        said = {
            "url": message.address, "title": message.subject, "urgent": message.urgent,
            "body": f"{message.text}\n{message.link}".strip(), "seconds": seconds,
        }  # fmt: skip
        command = [sys.executable, "-I", "-m", "roadbed.adapters.apprise.sending"]
        try:
            done = subprocess.run(
                command, input=json.dumps(said).encode(), capture_output=True, timeout=seconds + START, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotDelivered(f"the push service took longer than {seconds:g} s", unknown=True) from None
        outcome = done.stdout.decode("ascii", "replace").strip().rpartition("\n")[2]
        if outcome == "sent":
            return Delivered(provider_id=f"taken by {_scheme(message.address)}")
        if outcome == "unreadable":
            raise NotDelivered("Apprise cannot read this address", permanent=True)
        raise NotDelivered(f"{_scheme(message.address)} did not take it; Apprise gives no reason")

    def _check(self, url: str, scheme: str, *, seconds: float) -> None:
        if scheme not in SELF_HOSTED:
            return
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or 443
        except ValueError:
            raise NotDelivered("this address names no host", permanent=True) from None
        if not host:
            raise NotDelivered("this address names no host", permanent=True)
        try:
            allowed(looked_up(host, port).result(seconds), self.policy)
        except Refused as fault:
            raise NotDelivered(f"{host} is never called: {fault}", permanent=True) from None
        except (OSError, UnicodeError, Late):
            raise NotDelivered(f"{host} does not resolve") from None


def _scheme(url: str) -> str:
    found = SCHEME.fullmatch(url)
    return found[1] if found else ""
