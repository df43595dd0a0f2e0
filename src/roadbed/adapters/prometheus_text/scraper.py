"""Owns the fetching of one metrics page: bounded in bytes and seconds, from this machine only, following nothing."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from roadbed.adapters.prometheus_text.exposition import parse
from roadbed.ground.ports.metrics import Scrape, ScrapeFailed

ACCEPT: Final = "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1"
OPENMETRICS: Final = "application/openmetrics-text"
READABLE: Final = ("", "text/plain", OPENMETRICS)
CHUNK: Final = 65_536
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    bytes: int = 5 * 1024 * 1024
    seconds: float = 5.0
    samples: int = 50_000


class HttpScraper:
    """Reads pages over HTTP. Addresses come from the runtime, and all of them are on this machine."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def scrape(self, host: str, port: int, path: str) -> Scrape:
        """One page. Raises ScrapeFailed with a reason for its owner."""
        _refuse_elsewhere(host)
        if not path.startswith("/") or not path.isascii() or any(char <= " " for char in path):
            raise ScrapeFailed(f"{path[:60]!r} is no path")
        body, kind = self._fetch(host, port, path)
        at = datetime.now(UTC)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise ScrapeFailed("it is not UTF-8 text") from None
        return parse(text, at=at, most=self.limits.samples, openmetrics=kind == OPENMETRICS)

    def _fetch(self, host: str, port: int, path: str) -> tuple[bytes, str]:
        connection = http.client.HTTPConnection(host, port, timeout=self.limits.seconds)
        watch = _Watch(self.limits.seconds)
        try:
            with watch:
                connection.connect()
                # Kept apart, since http.client lets go of the socket of an answer that has no length.
                watch.connected = connection.sock
                connection.request("GET", path, headers={"Accept": ACCEPT, "Accept-Encoding": "identity"})
                with connection.getresponse() as response:
                    kind = _checked(response)
                    return self._read(response), kind
        except (OSError, http.client.HTTPException, ValueError) as fault:
            if watch.rang or isinstance(fault, TimeoutError):
                raise ScrapeFailed(f"it took longer than {self.limits.seconds:g} s") from None
            raise ScrapeFailed(f"it did not answer ({_said(fault)})") from None
        finally:
            connection.close()

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        parts: list[bytes] = []
        held = 0
        while chunk := response.read1(CHUNK):
            held += len(chunk)
            if held > self.limits.bytes:
                raise ScrapeFailed(f"it is larger than {self.limits.bytes / 1024 / 1024:g} MiB")
            parts.append(chunk)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return b"".join(parts)


class _Watch:
    """Cuts the connection at the deadline, since a page that drips a byte a second never times out by itself."""

    def __init__(self, seconds: float) -> None:
        self.connected: socket.socket | None = None
        self.rang = False
        self.timer = threading.Timer(seconds, self._ring)
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.timer.cancel()
        if self.rang and kind is None:
            raise TimeoutError

    def _ring(self) -> None:
        self.rang = True
        if self.connected is not None:
            with contextlib.suppress(OSError):
                self.connected.shutdown(socket.SHUT_RDWR)


def _refuse_elsewhere(host: str) -> None:
    try:
        near = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise ScrapeFailed(f"{host} is not this machine")


def _checked(response: http.client.HTTPResponse) -> str:
    if 300 <= response.status < 400:  # noqa: PLR2004 - HTTP's redirects
        raise ScrapeFailed("it redirects; name the page itself")
    if response.status != OK:
        raise ScrapeFailed(f"it answers {response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ScrapeFailed("it is compressed although plain text was asked for")
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if kind not in READABLE:
        raise ScrapeFailed(f"it is {kind[:40]}, not a metrics page")
    return kind


def _said(fault: Exception) -> str:
    if isinstance(fault, ConnectionRefusedError):
        return "connection refused"
    if isinstance(fault, http.client.IncompleteRead):
        return "it broke off"
    return type(fault).__name__
