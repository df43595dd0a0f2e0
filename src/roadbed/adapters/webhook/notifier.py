"""Owns the posting of one webhook: signed, with its key, to whatever address a message names, within the policy."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Final

from roadbed.adapters.webhook.signing import signatures_of
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message
from roadbed.ground.ports.posting import Poster

SIGNATURE: Final = "Roadbed-Signature"
TIMESTAMP: Final = "Roadbed-Timestamp"
PROVIDER_ID: Final = "x-request-id"


class WebhookNotifier:
    """Posts to whatever address a message names, within the policy."""

    def __init__(self, policy: AddressPolicy | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.poster = Poster("the webhook", policy or AddressPolicy())
        self.clock = clock

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept; a name that does not resolve now may do so later."""
        return self.poster.fault_of(url)

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        body, kind = _body(message)
        headers = {"Content-Type": kind, "Idempotency-Key": message.key, **message.headers}
        if message.secret:
            at = int(self.clock())
            secrets = (message.secret, message.former_secret)
            headers |= {TIMESTAMP: str(at), SIGNATURE: signatures_of(secrets, at, body)}
        answer = self.poster.taken(self.poster.post(message.address, body, headers, seconds=seconds))
        said = answer.headers.get(PROVIDER_ID, "")[:200]
        return Delivered(provider_id=said or f"answered {answer.status}", status=answer.status)


def _body(message: Message) -> tuple[bytes, str]:
    if message.body:
        return message.body, message.content_type or "application/json"
    if "specversion" in message.data:
        # An event is its own envelope.
        return json.dumps(dict(message.data)).encode(), "application/cloudevents+json"
    said = {
        "key": message.key,
        "subject": message.subject,
        "text": message.text,
        "link": message.link,
        "data": dict(message.data),
    }
    return json.dumps(said).encode(), "application/json"
