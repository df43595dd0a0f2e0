"""Owns the connections that stay open between requests: one event loop in a thread of its own, a pool for each host."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, TypeVar

import httpx

T = TypeVar("T")

KEPT_OPEN: Final = 3.0
"""Seconds that a connection stays open for the next request: less than any usual server waits before it hangs up."""

AT_ONCE: Final = 32
"""Connections to one host."""

HOSTS: Final = 200
"""Hosts whose connections are kept; the one that was not called for longest makes room."""

DRAINED: Final = 65_536
DRAINING: Final = 0.2
"""Bytes and seconds that an answer's rest may take to be read, so that its connection can be used again."""

Place = tuple[str, str, int]
"""Scheme, host and port: a connection is proven for one name, so that no other name at its address may use it."""


class _Line:
    """The pool of one host, and how many requests use it."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=KEPT_OPEN)
        # The bare transport: it follows no redirect, reads no environment and keeps nobody's cookies for anybody else.
        self.transport = httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False, limits=limits)
        self.used = 0


class _Lines:
    """The loop and its pools; all but `run` happens in the loop's own thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._kept: OrderedDict[Place, _Line] = OrderedDict()
        threading.Thread(target=self._loop.run_forever, name="lines", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @asynccontextmanager
    async def to(self, place: Place) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        line = self._kept.pop(place, None) or _Line()
        self._kept[place] = line
        line.used += 1
        try:
            yield line.transport
        finally:
            line.used -= 1
            await self._make_room()

    async def _make_room(self) -> None:
        idle = [place for place, line in self._kept.items() if not line.used]
        for place in idle[: max(0, len(self._kept) - HOSTS)]:
            await self._kept.pop(place).transport.aclose()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do some work in the loop and wait for it."""
    return _lines().run(work)


@asynccontextmanager
async def asked(place: Place, request: httpx.Request) -> AsyncIterator[httpx.Response]:
    """Send a request over a connection of its host; its answer is there without its body."""
    async with _lines().to(place) as transport:
        response = await transport.handle_async_request(request)
        try:
            yield response
        finally:
            with contextlib.suppress(httpx.HTTPError):
                await response.aclose()


async def read(response: httpx.Response, most: int) -> bytes:
    """So many bytes of the body. What nobody asked for is read as far as that costs nothing."""
    kept, size = b"", 0
    parts = response.aiter_bytes()
    if most:
        async for part in parts:
            kept, size = kept + part, size + len(part)
            if size >= most:
                break
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(DRAINING):
            async for part in parts:
                size += len(part)
                if size > most + DRAINED:
                    break
    return kept[:most]


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


_making: Final = threading.Lock()


@cache
def _made() -> _Lines:
    return _Lines()


def _lines() -> _Lines:
    with _making:
        return _made()
