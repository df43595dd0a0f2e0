"""Owns the posting of one webhook: signed, within its time as a whole, never following a redirect."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Final

import httpx

import roadbed
from roadbed.adapters.webhook.signing import signature_of
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered

SIGNATURE: Final = "Roadbed-Signature"
TIMESTAMP: Final = "Roadbed-Timestamp"
PROVIDER_ID: Final = "X-Request-Id"
RETRIED: Final = frozenset({408, 425, 429})
"""Refusals that pass; any other 4xx says that the same message will never be taken."""

GONE: Final = 410


class WebhookNotifier:
    """Posts to whatever address a message names."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        body, kind = _body(message)
        headers = {
            "Content-Type": kind,
            "User-Agent": f"Roadbed/{roadbed.__version__}",
            "Idempotency-Key": message.key,
        }
        if message.secret:
            at = int(self.clock())
            headers |= {TIMESTAMP: str(at), SIGNATURE: signature_of(message.secret, at, body)}
        try:
            response = asyncio.run(_post(message.address, body, headers, seconds))
        except (TimeoutError, httpx.TimeoutException) as fault:
            # Before the connection stood nothing was sent; after that nobody knows.
            early = isinstance(fault, httpx.ConnectTimeout)
            raise NotDelivered(f"the webhook took longer than {seconds:g} s", unknown=not early) from None
        except httpx.InvalidURL as fault:
            raise NotDelivered(f"the webhook's address cannot be used: {fault}", permanent=True) from None
        except httpx.HTTPError as fault:
            sent = not isinstance(fault, httpx.ConnectError | httpx.UnsupportedProtocol)
            raise NotDelivered(f"the webhook did not answer ({_said(fault)})", unknown=sent) from None
        return _read(response)


async def _post(url: str, body: bytes, headers: dict[str, str], seconds: float) -> httpx.Response:
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False) as client,
        # What the answer says beyond its status is nobody's business, so that its body is not read.
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        return response


def _body(message: Message) -> tuple[bytes, str]:
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


def _read(response: httpx.Response) -> Delivered:
    status = response.status_code
    if response.is_success:
        return Delivered(provider_id=response.headers.get(PROVIDER_ID, "")[:200] or f"answered {status}")
    if response.is_redirect:
        raise NotDelivered("the webhook redirects; name the address itself", permanent=True)
    if response.is_client_error and status not in RETRIED:
        gone = ", it is gone" if status == GONE else ""
        raise NotDelivered(f"the webhook answered {status}{gone}", permanent=True)
    raise NotDelivered(f"the webhook answered {status}")


def _said(fault: httpx.HTTPError) -> str:
    return "nothing answers at its address" if isinstance(fault, httpx.ConnectError) else type(fault).__name__
