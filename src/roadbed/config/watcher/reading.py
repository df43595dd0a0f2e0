"""Owns the watcher's file: what it watches, how sure it is, and its own ways to people."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from roadbed.config.watcher.rules import Limits
from roadbed.ground.errors import Invalid, Place

KINDS: Final = ("smtp", "webhook", "ntfy")
WATCHED: Final = {"url", "name", "every", "timeout", "failures", "recoveries", "repeat", "state", "beat"}
WAY: Final[Mapping[str, frozenset[str]]] = {
    "smtp": frozenset({"kind", "address", "server", "server_file", "sender"}),
    "webhook": frozenset({"kind", "address", "secret", "secret_file"}),
    "ntfy": frozenset({"kind", "address", "token", "token_file"}),
}
NUMBERS: Final = {
    "every": (30.0, 1.0, 3600.0),
    "timeout": (10.0, 0.5, 60.0),
    "failures": (3, 1, 100),
    "recoveries": (2, 1, 100),
    "repeat": (900.0, 10.0, 86_400.0),
}
"""Each number's usual value, the least and the most."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to people; `opened` is a password, secret or token."""

    kind: str
    address: str
    server: str = field(default="", repr=False)
    sender: str = ""
    opened: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """A watcher's file. `beat` is where it says itself that it is at work; empty for nowhere."""

    url: str
    name: str
    every: float
    timeout: float
    limits: Limits
    state: Path
    beat: str
    ways: tuple[Way, ...]


def read(file: Path) -> Watch:
    """The file's content. Raises Invalid, naming the file and the field."""
    try:
        written = tomllib.loads(file.read_text())
    except OSError as fault:
        raise _wrong(file, "", f"{file} cannot be read: {fault.strerror}.", "Write it, or name another.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise _wrong(file, "", f"{file} cannot be read: {fault}.", "Mend the line.") from None
    for name in written:
        if name not in ("roadbed", "page"):
            raise _wrong(file, name, f"{name!r} is unknown.", "There are [roadbed] and [[page]].")
    table, ways = written.get("roadbed"), written.get("page")
    if not isinstance(table, dict):
        raise _wrong(file, "roadbed", "There is no [roadbed].", 'Write url = "https://…" under it.')
    if not isinstance(ways, list) or not ways:
        raise _wrong(file, "page", "There is no [[page]], so that nobody could be told.", "Write one way at least.")
    return _watch(file, table, tuple(_way(file, number, one) for number, one in enumerate(ways, 1)))


def _watch(file: Path, table: Mapping[str, Any], ways: tuple[Way, ...]) -> Watch:
    if unknown := sorted(set(table) - WATCHED):
        raise _wrong(file, unknown[0], f"{unknown[0]!r} is unknown.", f"Known: {', '.join(sorted(WATCHED))}.")
    numbers = {name: _number(file, table, name) for name in NUMBERS}
    limits = Limits(int(numbers["failures"]), int(numbers["recoveries"]), numbers["repeat"])
    return Watch(
        url=_url(file, "url", str(table.get("url", ""))).rstrip("/"),
        name=str(table.get("name", "the watcher"))[:80],
        every=numbers["every"],
        timeout=numbers["timeout"],
        limits=limits,
        state=Path(str(table.get("state") or file.with_suffix(".state.json"))),
        beat=_url(file, "beat", str(table["beat"])) if table.get("beat") else "",
        ways=ways,
    )


def _number(file: Path, table: Mapping[str, Any], name: str) -> float:
    usual, least, most = NUMBERS[name]
    given = table.get(name, usual)
    if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= most:
        raise _wrong(file, name, f"{given!r} is not between {least:g} and {most:g}.", f"Usual is {usual:g}.")
    return float(given)


def _url(file: Path, name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise _wrong(file, name, f"{text[:100]!r} is no address.", "Write it like https://roadbed.kestrel.example.")
    return text


def _way(file: Path, number: int, table: object) -> Way:
    place = f"page {number}"
    if not isinstance(table, dict) or table.get("kind") not in KINDS:
        raise _wrong(file, place, "Its kind is unknown.", f"One of {', '.join(KINDS)}.")
    kind = str(table["kind"])
    if unknown := sorted(set(table) - WAY[kind]):
        raise _wrong(
            file, f"{place}, {unknown[0]}", f"{unknown[0]!r} is unknown.", f"Known: {', '.join(sorted(WAY[kind]))}."
        )
    address = str(table.get("address", ""))
    if not address:
        raise _wrong(file, f"{place}, address", "It has no address.", "Write one.")
    if kind != "smtp":
        _url(file, f"{place}, address", address)
    secret = {"smtp": "server", "webhook": "secret", "ntfy": "token"}[kind]
    opened = _opened(file, place, table, secret)
    if kind == "smtp" and not opened:
        raise _wrong(file, f"{place}, server", "Mail needs a server of its own.", "smtp://user:password@host:587")
    server = opened if kind == "smtp" else ""
    sender = str(table.get("sender") or "roadbed-watch@localhost")
    return Way(kind, address, server, sender, "" if kind == "smtp" else opened)


def _opened(file: Path, place: str, table: Mapping[str, Any], name: str) -> str:
    path = table.get(f"{name}_file")
    if not path:
        return str(table.get(name, ""))
    try:
        return Path(str(path)).read_text().strip()
    except OSError as fault:
        raise _wrong(file, f"{place}, {name}_file", f"{path} cannot be read: {fault.strerror}.", "Write it.") from None


def _wrong(file: Path, name: str, detail: str, remedy: str) -> Invalid:
    return Invalid(detail, remedy=remedy, place=Place(file=str(file), field=name))
