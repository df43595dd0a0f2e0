"""Owns `sources.toml`: which servers count for this installation, what opens them, and which adapter speaks to each."""

from __future__ import annotations

import base64
import math
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from roadbed.ground.ports.counts import CountSource, SourceFailed

PROMQL: Final = ("prometheus", "thanos", "mimir", "victoriametrics", "cortex", "grafanamimir", "amazonprometheus")
TEXT: Final = (
    "url", "type", "token", "token_file", "token_secret", "user", "password", "password_file", "password_secret",
    "ca_file", "partial",
)  # fmt: skip
SECRETS: Final = ("token_secret", "password_secret")
RESOLVED_FOR: Final = 300.0
"""Seconds for which the value of a secret is used before it is looked up again, so that a new one is taken up."""

Secrets = Callable[[str, str], str]
"""Gives the value of a service's secret in production, by both names. Raises SourceFailed."""
NUMBERS: Final[Mapping[str, tuple[float, float, float]]] = {
    "seconds": (20, 1, 30),
    "megabytes": (64, 1, 512),
    "gap": (90, 15, 900),
    "settles": (120, 0, 1800),
    "chunk": (360, 10, 1440),
}
"""Each number's usual value, the least and the most."""

KNOWN: Final = (*TEXT, *NUMBERS, "headers")


class ConfiguredSources:
    """The sources that `sources.toml` names; read again when the file changes."""

    def __init__(self, file: Path, secrets: Secrets | None = None) -> None:
        self.file, self._secrets = file, secrets or _no_secrets
        self._until: dict[str, float] = {}
        self._read_at: tuple[int, int] | None = None
        self._tables: dict[str, dict[str, Any]] = {}
        self._made: dict[str, CountSource] = {}

    def find(self, kind: str, *, name: str = "", url: str = "") -> CountSource:
        """The source of that name, else of that address, else the only one of the kind. Raises SourceFailed."""
        self._refresh()
        alike = [one for one, table in self._tables.items() if _alike(table.get("type", ""), kind)]
        if name in self._tables:
            if url and _plain(self._tables[name]["url"]) != _plain(url):
                raise SourceFailed(
                    f"The file gives {name} the address {url}, and sources.toml another.",
                    "Make both the same; Roadbed calls no address that sources.toml does not name.",
                )
            return self._source(name)
        same = [one for one in alike if url and _plain(self._tables[one]["url"]) == _plain(url)]
        if same:
            return self._source(same[0])
        if not url and not name and len(alike) == 1:
            return self._source(alike[0])
        wanted = name or url or f"one {kind}"
        known = ", ".join(sorted(self._tables)) or "none"
        raise SourceFailed(
            f"{wanted} is not connected to Roadbed (sources.toml names {known}).",
            f"Add [{name or kind}] with its url to {self.file}, or name one of those in metricSourceRef.",
        )

    def _refresh(self) -> None:
        try:
            status = self.file.stat()
            if (status.st_mtime_ns, status.st_size) == self._read_at:
                return
            tables = tomllib.loads(self.file.read_text())
        except FileNotFoundError:
            tables, status = {}, None
        except (OSError, ValueError) as fault:
            raise SourceFailed(f"sources.toml cannot be read: {fault}.", f"Mend {self.file}.") from None
        for name, table in tables.items():
            self._check(name, table)
        self._tables, self._made, self._until = tables, {}, {}
        self._read_at = (status.st_mtime_ns, status.st_size) if status else None

    def _check(self, name: str, table: Any) -> None:
        if not isinstance(table, dict) or not isinstance(table.get("url"), str):
            raise self._fault(f"[{name}] has no url", 'Write url = "http://127.0.0.1:9090" under it.')
        self._check_settings(name, table)
        parts = urlsplit(table["url"])
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise self._fault(f"url of [{name}] is no address", "Write http(s)://host:port/path, without credentials.")
        for key in SECRETS:
            if key in table and not all(table[key].partition("/")):
                raise self._fault(f"{key} of [{name}] names no secret", 'Write SERVICE/NAME, like "shop/PROM_TOKEN".')
        if table.get("partial", "refuse") not in ("refuse", "accept"):
            raise self._fault(f"partial of [{name}] is neither refuse nor accept", "Write one of them.")
        headers = table.get("headers", {})
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise self._fault(f"headers of [{name}] are no table of texts", 'Like headers = {X-Scope-OrgID = "a"}.')
        if not _alike(table.get("type", ""), "prometheus"):
            raise self._fault(f"type of [{name}] is {table['type']!r}", f"Write one of {', '.join(MAKERS)}.")

    def _check_settings(self, name: str, table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            if key not in KNOWN:
                raise self._fault(f"[{name}] has an unknown setting {key!r}", f"Known are {', '.join(KNOWN)}.")
            if key in TEXT and not isinstance(value, str):
                raise self._fault(f"{key} of [{name}] is no text", "Put it in quotes.")
            if key in NUMBERS:
                _, least, most = NUMBERS[key]
                if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
                    raise self._fault(f"{key} of [{name}] is not from {least:g} to {most:g}", "Write such a number.")

    def _fault(self, reason: str, remedy: str) -> SourceFailed:
        return SourceFailed(f"sources.toml: {reason}.", remedy)

    def _source(self, name: str) -> CountSource:
        if name not in self._made or time.monotonic() > self._until.get(name, math.inf):
            table = dict(self._tables[name])
            for key in SECRETS:
                if key in table:
                    service, _, secret = table.pop(key).partition("/")
                    table[key.removesuffix("_secret")] = self._secrets(service, secret)
                    self._until[name] = time.monotonic() + RESOLVED_FOR
            self._made[name] = MAKERS[table.get("type", "prometheus")](name, table)
        return self._made[name]


def _no_secrets(service: str, name: str) -> str:
    raise SourceFailed(f"The secret {service}/{name} cannot be looked up here.", "Use token_file or password_file.")


def _alike(own: str, kind: str) -> bool:
    # Whatever speaks PromQL answers for Prometheus: a file says prometheus and means the Mimir behind it.
    own, kind = (one.lower().replace(" ", "").replace("_", "") or "prometheus" for one in (own, kind))
    return own == kind or (own in PROMQL and kind in PROMQL)


def _plain(url: str) -> str:
    return url.rstrip("/").lower()


def _promql(name: str, table: Mapping[str, Any]) -> CountSource:
    from roadbed.adapters.promql import Access, PromqlSource

    numbers = {key: table.get(key, default) for key, (default, _, _) in NUMBERS.items()}
    headers = dict(table.get("headers", {}))
    user, password = table.get("user", ""), _secret(name, table, "password")
    if token := _secret(name, table, "token"):
        headers["Authorization"] = f"Bearer {token}"
    elif user:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    access = Access(
        name=name,
        url=table["url"],
        headers=headers,
        ca_file=table.get("ca_file", ""),
        seconds=float(numbers["seconds"]),
        bytes=int(numbers["megabytes"] * 1024 * 1024),
    )
    return PromqlSource(
        access,
        gap=float(numbers["gap"]),
        accept_partial=table.get("partial") == "accept",
        chunk=int(numbers["chunk"]),
        settles=float(numbers["settles"]),
    )


def _secret(name: str, table: Mapping[str, Any], key: str) -> str:
    path = table.get(f"{key}_file", "")
    if not path:
        return str(table.get(key, ""))
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as fault:
        raise SourceFailed(
            f"{key}_file of [{name}] in sources.toml cannot be read: {fault}.", "Mend its path or its permissions."
        ) from None


MAKERS: Final[Mapping[str, Callable[[str, Mapping[str, Any]], CountSource]]] = dict.fromkeys(PROMQL, _promql)
"""What makes a source of each type that `sources.toml` may name; a further one is one line here."""
