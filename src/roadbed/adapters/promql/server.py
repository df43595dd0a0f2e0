"""Owns the talk with one server: bounded in bytes and seconds, following nothing, its refusals told in words."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Final

import httpx

import roadbed
from roadbed.ground.ports.counts import SourceFailed

MIB: Final = 1024 * 1024
JSON: Final = "application/json"
LONGEST_WORD: Final = 300


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server is, what opens it and what one answer of it may cost.

    Attributes:
        name: how `sources.toml` and files call it.
        url: the address before `/api/v1`.
        headers: sent with each request; credentials among them, so that it is never shown.
        ca_file: the certificate authority that it is verified with; empty for the system's.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""
    seconds: float = 20.0
    bytes: int = 64 * MIB


class Down(SourceFailed):
    """The server answers nobody, so that asking it more is in vain for now."""


class TooMuch(Exception):  # noqa: N818 - an outcome: ask for less at once
    """The answer was larger than it may be, or the server refused to make it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A result of the API with the server's own time, and what it warns of."""

    result: list[dict[str, Any]]
    at: float
    warnings: tuple[str, ...]


class Server:
    """One server; usable from several threads at once."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._http = httpx.Client(
            base_url=access.url.rstrip("/"),
            headers={"Accept": JSON, "User-Agent": f"Roadbed/{roadbed.__version__}", **access.headers},
            timeout=access.seconds,
            verify=_tls(access.name, access.ca_file) if access.url.startswith("https:") else _NO_TLS,
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of its connections."""
        self._http.close()

    def query(self, query: str, *, at: float, shape: str) -> Said:
        """Ask for a query's result at an instant; `shape` is the type that it must have.

        Raises:
            SourceFailed: with the reason and the remedy.
            TooMuch: when it would come out for a shorter time.
        """
        form = {"query": query, "time": f"{at:.3f}", "timeout": f"{self.access.seconds:g}s"}
        return self._result("/api/v1/query", form, shape, "Write the query as sums of increase(counter[{{.window}}]).")

    def range(self, query: str, *, start: int, end: int, step: int) -> Said:
        """Ask for a query's values at every step from one instant to another, both included. Raises as `query` does."""
        form = {"query": query, "start": f"{start}", "end": f"{end}", "step": f"{step}"}
        form["timeout"] = f"{self.access.seconds:g}s"
        return self._result("/api/v1/query_range", form, "matrix", "Write a query that gives numbers.")

    def _result(self, path: str, form: dict[str, str], shape: str, remedy: str) -> Said:
        status, headers, body = self._ask("POST", path, form)
        if status == 405:  # noqa: PLR2004 - a proxy that lets readers GET alone
            status, headers, body = self._ask("GET", path, form)
        document = self._read(status, headers, body)
        data = document.get("data") or {}
        if data.get("resultType") != shape or not isinstance(data.get("result"), list):
            raise self._fault(
                f"answered a {data.get('resultType', 'nothing')} where a {shape} is needed",
                remedy,
            )
        warnings = tuple(str(one)[:LONGEST_WORD] for one in document.get("warnings") or ())
        return Said(data["result"], _time_of(headers), warnings)

    def _ask(self, method: str, path: str, form: dict[str, str]) -> tuple[int, httpx.Headers, bytes]:
        deadline = time.monotonic() + self.access.seconds
        given: dict[str, Any] = {"data": form} if method == "POST" else {"params": form}
        parts, held = [], 0
        try:
            with self._http.stream(method, path, **given) as response:
                for part in response.iter_bytes():
                    held += len(part)
                    if held > self.access.bytes:
                        raise TooMuch
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("the answer as a whole")
                    parts.append(part)
                return response.status_code, response.headers, b"".join(parts)
        except httpx.TimeoutException:
            raise self._down(
                f"took longer than {self.access.seconds:g} s", "Raise `seconds` in sources.toml, or relieve the server."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            why = str(fault)[:LONGEST_WORD] or type(fault).__name__
            raise self._down(f"does not answer ({why})", self._mend("url")) from None

    def _read(self, status: int, headers: httpx.Headers, body: bytes) -> dict[str, Any]:
        if 300 <= status < 400:  # noqa: PLR2004 - HTTP's redirects
            where = headers.get("Location", "nowhere")[:LONGEST_WORD]
            raise self._down(f"redirects to {where}, which is not followed", self._mend("url"))
        if status in (401, 403):
            raise self._down(f"refuses Roadbed's credentials ({status})", self._mend("token, user, password, headers"))
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        if not isinstance(document, dict) or "status" not in document:
            kind = headers.get("Content-Type", "nothing").split(";")[0]
            raise self._down(
                f"answers {status} with {kind[:80]} instead of Prometheus's API",
                "Write the address before /api/v1 as url in sources.toml, its path prefix included.",
            )
        if document["status"] == "success" and status == 200:  # noqa: PLR2004 - OK
            return document
        said = f"{document.get('errorType', status)}: {document.get('error', '')}"[:LONGEST_WORD]
        if status == 422 and "too many samples" in said:  # noqa: PLR2004 - Prometheus's own limit
            raise TooMuch
        if status == 400:  # noqa: PLR2004 - Prometheus cannot read the query
            raise self._fault(f"refuses the query ({said})", "Mend the query in the objective's file.")
        raise self._fault(f"answers {status} ({said})", "Look at the server; Roadbed asks again.")

    def _mend(self, what: str) -> str:
        return f"Look at {what} of [{self.access.name}] in sources.toml, and whether the server runs."

    def _down(self, what: str, remedy: str) -> Down:
        return Down(f"{self.access.name} at {self.access.url} {what}.", remedy)

    def _fault(self, what: str, remedy: str) -> SourceFailed:
        return SourceFailed(f"{self.access.name} at {self.access.url} {what}.", remedy)


def _time_of(headers: httpx.Headers) -> float:
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return time.time()


_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP; it trusts nobody, and loads no authorities."""


@lru_cache(maxsize=64)
def _tls(name: str, ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as fault:
        raise SourceFailed(
            f"ca_file of {name} cannot be read ({fault.strerror or fault}).",
            f"Mend ca_file of [{name}] in sources.toml.",
        ) from None
