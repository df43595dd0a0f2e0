"""The tour's traffic: real requests through the edge, over a few kept connections, bounded in number."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

CONNECTIONS: Final = 6
SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Driven:
    """What came back; status 0 counts requests without an answer."""

    statuses: dict[int, int]
    seconds: float

    @property
    def total(self) -> int:
        return sum(self.statuses.values())

    @property
    def bad(self) -> int:
        """Answers of the server's fault, and none at all."""
        return sum(count for status, count in self.statuses.items() if status == 0 or status >= 500)  # noqa: PLR2004

    def said(self) -> str:
        """In words."""
        kinds = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(self.statuses.items()))
        return f"{self.total} requests in {self.seconds:.1f} s: {kinds}"


def drive(url: str, number: int) -> Driven:
    """Send so many requests to a service's address at the edge."""
    began = time.monotonic()
    shares = [number // CONNECTIONS + (place < number % CONNECTIONS) for place in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counted = sum(pool.map(lambda share: _share(url, share), shares), Counter[int]())
    return Driven(dict(counted), time.monotonic() - began)


def _share(url: str, number: int) -> Counter[int]:
    parts = urlsplit(url)
    # Names under .localhost are this machine, whether or not its resolver knows.
    near = (parts.hostname or "").endswith(".localhost")
    connection = http.client.HTTPConnection("127.0.0.1" if near else parts.hostname or "", parts.port, timeout=SECONDS)
    seen = Counter[int]()
    try:
        for _ in range(number):
            seen[_one(connection, parts.netloc)] += 1
    finally:
        connection.close()
    return seen


def _one(connection: http.client.HTTPConnection, host: str) -> int:
    try:
        connection.request("GET", "/", headers={"Host": host})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return response.status
