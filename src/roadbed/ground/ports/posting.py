"""Owns one request to an address that somebody typed: within its time, never redirected, never to a refused machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from typing import Final

import httpx

import roadbed
from roadbed.ground.ports import lines
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import NotDelivered
from roadbed.ground.ports.resolving import Refused, allowed, looked_up

RETRIED: Final = frozenset({408, 425, 429})
"""Refusals that pass; any other 4xx says that the same message will never be taken."""

GONE: Final = 410
RESOLVING: Final = 2.0
"""Seconds that a name may take before its address is kept unresolved; the delivery resolves it again."""

LONGEST_WAIT: Final = 900.0
"""Seconds: what a provider's `Retry-After` counts for at most. A page is worth asking sooner."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, headers by lower-case name, and as much of the body as was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts for one kind of channel.

    Attributes:
        what: whom a failure names, like `the webhook`.
        policy: which machines may be called.
        reads: how many bytes of an answer's body are kept; none by default, since it is nobody's business.
    """

    what: str
    policy: AddressPolicy
    reads: int = 0

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept; a name that does not resolve now may do so later."""
        if fault := self.policy.fault_of_url(url):
            return fault
        target = httpx.URL(url)
        try:
            allowed(looked_up(target.host, port_of(target)).result(RESOLVING), self.policy)
        except Refused as refused:
            return f"{target.host} leads to an address that is never called: {refused}."
        except (OSError, UnicodeError, Late):
            return ""
        return ""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """The answer, whatever its status. Raises NotDelivered when none came."""
        return self._asked(url, body, headers, seconds)

    def get(self, url: str, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """The same for reading what is there."""
        return self._asked(url, None, headers, seconds)

    def _asked(self, url: str, body: bytes | None, headers: Mapping[str, str], seconds: float) -> Answer:
        sent = {"User-Agent": f"Roadbed/{roadbed.__version__}", **headers}
        try:
            return lines.run(self._sent(url, body, sent, seconds))
        except (TimeoutError, httpx.TimeoutException) as fault:
            # Before the connection stood nothing was sent; after that nobody knows.
            early = isinstance(fault, httpx.ConnectTimeout | httpx.PoolTimeout)
            raise NotDelivered(f"{self.what} took longer than {seconds:g} s", unknown=not early) from None
        except Refused as fault:
            raise NotDelivered(f"{self.what}'s address is never called: {fault}", permanent=True) from None
        except (httpx.InvalidURL, UnicodeError) as fault:
            raise NotDelivered(f"{self.what}'s address cannot be used: {fault}", permanent=True) from None
        except OSError:
            raise NotDelivered(f"{self.what}'s name does not resolve") from None
        except httpx.HTTPError as fault:
            begun = not isinstance(fault, httpx.ConnectError | httpx.UnsupportedProtocol)
            raise NotDelivered(f"{self.what} did not answer ({_said(fault)})", unknown=begun) from None

    def taken(self, answer: Answer, said: str = "") -> Answer:
        """The answer, if it is one of success. Raises NotDelivered, with what the other side `said`."""
        status, more = answer.status, f": {said[:150]}" if said else ""
        if 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls a success
            return answer
        if 300 <= status < 400:  # noqa: PLR2004 - and a redirect
            raise NotDelivered(f"{self.what} redirects; name the address itself", permanent=True, status=status)
        if 400 <= status < 500 and status not in RETRIED:  # noqa: PLR2004 - and the caller's fault
            gone = ", it is gone" if status == GONE else ""
            raise NotDelivered(f"{self.what} answered {status}{gone}{more}", permanent=True, status=status)
        raise NotDelivered(f"{self.what} answered {status}{more}", status=status, after=_after(answer.headers))

    async def _sent(self, url: str, body: bytes | None, headers: Mapping[str, str], seconds: float) -> Answer:
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
                    return await self._answer(target, address, body, headers, seconds)
                except httpx.ConnectError:
                    if not addresses:
                        raise

    async def _addresses(self, target: httpx.URL, seconds: float) -> list[str]:
        try:
            found = await asyncio.wait_for(asyncio.wrap_future(looked_up(target.host, port_of(target))), seconds / 2)
        except TimeoutError:
            raise httpx.ConnectTimeout("the name took too long to resolve") from None
        return allowed(found, self.policy)

    async def _answer(
        self, target: httpx.URL, address: str, body: bytes | None, headers: Mapping[str, str], seconds: float
    ) -> Answer:
        # The address that was checked is the one that is connected to; a second look at the name could answer another.
        request = httpx.Request(
            "GET" if body is None else "POST",
            target.copy_with(host=address),
            content=body,
            headers={"Accept": "*/*", **headers, "Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.host, "timeout": httpx.Timeout(seconds).as_dict()},
        )
        place = (target.scheme, target.host, port_of(target))
        async with lines.asked(place, request) as response:
            kept = await lines.read(response, self.reads)
            return Answer(response.status_code, dict(response.headers), kept)


def port_of(target: httpx.URL) -> int:
    """The port that a URL names or means."""
    return target.port or DEFAULT_PORTS[target.scheme]


def _after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("retry-after", "")
    return min(float(given), LONGEST_WAIT) if given.isascii() and given.isdecimal() and len(given) < 7 else None  # noqa: PLR2004 - eleven days


def _said(fault: httpx.HTTPError) -> str:
    return "nothing answers at its address" if isinstance(fault, httpx.ConnectError) else type(fault).__name__
