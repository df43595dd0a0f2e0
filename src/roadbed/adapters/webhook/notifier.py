"""Owns the posting of one webhook: signed, within its time as a whole, never redirected, never to a refused address."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import TimeoutError as Late
from functools import cache
from typing import Final

import httpx

import roadbed
from roadbed.adapters.webhook.resolving import Refused, allowed, looked_up
from roadbed.adapters.webhook.signing import signatures_of
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered

SIGNATURE: Final = "Roadbed-Signature"
TIMESTAMP: Final = "Roadbed-Timestamp"
PROVIDER_ID: Final = "X-Request-Id"
RETRIED: Final = frozenset({408, 425, 429})
"""Refusals that pass; any other 4xx says that the same message will never be taken."""

GONE: Final = 410
RESOLVING: Final = 2.0
"""Seconds that a name may take before its address is kept unresolved; the delivery resolves it again."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class WebhookNotifier:
    """Posts to whatever address a message names, within the policy."""

    def __init__(self, policy: AddressPolicy | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.policy = policy or AddressPolicy()
        self.clock = clock

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept; a name that does not resolve now may do so later."""
        if fault := self.policy.fault_of_url(url):
            return fault
        target = httpx.URL(url)
        try:
            allowed(looked_up(target.host, _port(target)).result(RESOLVING), self.policy)
        except Refused as refused:
            return f"{target.host} leads to an address that is never called: {refused}."
        except (OSError, UnicodeError, Late):
            return ""
        return ""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        body, kind = _body(message)
        headers = {
            "Content-Type": kind,
            "User-Agent": f"Roadbed/{roadbed.__version__}",
            "Idempotency-Key": message.key,
            **message.headers,
        }
        if message.secret:
            at = int(self.clock())
            secrets = (message.secret, message.former_secret)
            headers |= {TIMESTAMP: str(at), SIGNATURE: signatures_of(secrets, at, body)}
        try:
            status, provider_id = asyncio.run(self._post(message.address, body, headers, seconds))
        except (TimeoutError, httpx.TimeoutException) as fault:
            # Before the connection stood nothing was sent; after that nobody knows.
            early = isinstance(fault, httpx.ConnectTimeout)
            raise NotDelivered(f"the webhook took longer than {seconds:g} s", unknown=not early) from None
        except Refused as fault:
            raise NotDelivered(f"the webhook's address is never called: {fault}", permanent=True) from None
        except (httpx.InvalidURL, UnicodeError) as fault:
            raise NotDelivered(f"the webhook's address cannot be used: {fault}", permanent=True) from None
        except OSError:
            raise NotDelivered("the webhook's name does not resolve") from None
        except httpx.HTTPError as fault:
            sent = not isinstance(fault, httpx.ConnectError | httpx.UnsupportedProtocol)
            raise NotDelivered(f"the webhook did not answer ({_said(fault)})", unknown=sent) from None
        return _read(status, provider_id)

    async def _post(self, url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, str]:
        async with asyncio.timeout(seconds):
            target = httpx.URL(url)
            if target.scheme not in DEFAULT_PORTS or not target.host:
                raise httpx.UnsupportedProtocol("neither http nor https")
            if target.userinfo:
                raise httpx.InvalidURL("it holds a user or a password")
            addresses = await self._addresses(target, seconds)
            while True:
                address = addresses.pop(0)
                try:
                    async with _answer(target, address, body, headers, seconds) as response:
                        return response.status_code, response.headers.get(PROVIDER_ID, "")[:200]
                except httpx.ConnectError:
                    if not addresses:
                        raise

    async def _addresses(self, target: httpx.URL, seconds: float) -> list[str]:
        try:
            found = await asyncio.wait_for(asyncio.wrap_future(looked_up(target.host, _port(target))), seconds / 2)
        except TimeoutError:
            raise httpx.ConnectTimeout("the name took too long to resolve") from None
        return allowed(found, self.policy)


@contextlib.asynccontextmanager
async def _answer(
    target: httpx.URL, address: str, body: bytes, headers: dict[str, str], seconds: float
) -> AsyncIterator[httpx.Response]:
    # The address that was checked is the one that is connected to; a second look at the name could answer another.
    async with (
        httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False, verify=_tls()) as client,
        # What the answer says beyond its status is nobody's business, so that its body is not read.
        client.stream(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={**headers, "Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.host},
        ) as response,
    ):
        yield response


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _port(target: httpx.URL) -> int:
    return target.port or DEFAULT_PORTS[target.scheme]


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


def _read(status: int, provider_id: str) -> Delivered:
    if 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls a success
        return Delivered(provider_id=provider_id or f"answered {status}", status=status)
    if 300 <= status < 400:  # noqa: PLR2004 - and a redirect
        raise NotDelivered("the webhook redirects; name the address itself", permanent=True, status=status)
    if 400 <= status < 500 and status not in RETRIED:  # noqa: PLR2004 - and the caller's fault
        gone = ", it is gone" if status == GONE else ""
        raise NotDelivered(f"the webhook answered {status}{gone}", permanent=True, status=status)
    raise NotDelivered(f"the webhook answered {status}", status=status)


def _said(fault: httpx.HTTPError) -> str:
    return "nothing answers at its address" if isinstance(fault, httpx.ConnectError) else type(fault).__name__
