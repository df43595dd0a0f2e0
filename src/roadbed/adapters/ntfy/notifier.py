"""Owns the publishing of one message to an ntfy topic: as loud as it is urgent, with a button that acknowledges."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.ground.ports.posting import Poster

SERVER: Final = "https://ntfy.sh"
TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}")
URGENT, USUAL = 5, 3
LONGEST: Final = 3000
"""Characters of a message; ntfy turns what is longer than 4,096 bytes into a file."""


class NtfyNotifier:
    """Publishes to a topic of the configured server, or to one that a whole address names on another."""

    def __init__(
        self, server: str = SERVER, token: Callable[[], str] = lambda: "", *, policy: AddressPolicy | None = None
    ) -> None:
        self.server, self.token = server.rstrip("/"), token
        self.poster = Poster("ntfy", policy or AddressPolicy(), reads=65_536)

    def fault_of(self, address: str) -> str:
        """What is wrong with an address; empty when nothing is."""
        server, topic = self._place(address)
        if not TOPIC.fullmatch(topic):
            return f"{address[:80]!r} is no ntfy topic; write its name, or https://server/topic."
        return self.poster.fault_of(server)

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        server, topic = self._place(message.address)
        headers = {"Content-Type": "application/json"}
        # The token opens the configured server; an address that somebody typed does not get it.
        if server == self.server and (token := self.token()):
            headers["Authorization"] = f"Bearer {token}"
        said = _said(message, topic)
        answer = self.poster.post(server, json.dumps(said).encode(), headers, seconds=seconds)
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = {}
        told = told if isinstance(told, dict) else {}
        self.poster.taken(answer, str(told.get("error", "")))
        if not isinstance(told.get("id"), str):
            raise NotDelivered("ntfy answered without the message's id; is this an ntfy server?", unknown=True)
        return Delivered(provider_id=told["id"][:200], status=answer.status)

    def _place(self, address: str) -> tuple[str, str]:
        if "://" not in address:
            return self.server, address
        server, _, topic = address.rstrip("/").rpartition("/")
        return server, topic


def _said(message: Message, topic: str) -> dict[str, Any]:
    actions: list[dict[str, Any]] = []
    if message.token and message.answers:
        actions.append({
            "action": "http", "label": "Acknowledge", "method": "POST", "clear": True,
            "url": f"{message.answers}/take/{message.token}",
        })  # fmt: skip
    if message.link:
        actions.append({"action": "view", "label": "Open", "url": message.link})
    said: dict[str, Any] = {
        "topic": topic,
        "title": message.subject[:200],
        "message": message.text[:LONGEST],
        "priority": URGENT if message.urgent else USUAL,
        "tags": ["rotating_light"] if message.urgent else ["bell"],
        "actions": actions,
        # A server that knows sequences shows a message which is sent again in the place of the first.
        "sequence_id": message.key[:64],
    }
    return said | ({"click": message.link} if message.link else {})
