"""Owns `channels.toml`: the accounts through which pages go out, and what opens each; read again when it changes."""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.ports.counts import SourceFailed
from roadbed.ground.ports.notifier import NotDelivered

KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "slack": ("token", "signing_secret", "api", "buttons"),
    "ntfy": ("server", "token"),
    "twilio": ("account", "token", "from", "voice_from", "api"),
}
"""Each table's keys. What is secret may be written as KEY_file, or as KEY_secret naming a service's secret."""

SECRET: Final = ("token", "signing_secret")
KEPT: Final = 300.0
"""Seconds for which a secret is used before it is looked up again, so that a new one is taken up."""

Secrets = Callable[[str, str], str]


class ChannelProviders:
    """The accounts that the file names."""

    def __init__(self, file: Path, secrets: Secrets) -> None:
        self.file, self._secrets = file, secrets
        self._read_at: tuple[int, int] | None = None
        self._tables: dict[str, dict[str, Any]] = {}
        self._values: dict[tuple[str, str], tuple[float, str]] = {}
        self._lock = threading.Lock()

    def table(self, name: str) -> dict[str, Any]:
        """A provider's table; empty when the file has none. Raises Invalid for a file that cannot be read."""
        with self._lock:
            self._refresh()
            return self._tables.get(name, {})

    def require(self, name: str, key: str) -> str:
        """A value that sending needs. Raises NotDelivered, permanent, saying where to write it."""
        try:
            value = self.value(name, key)
        except Refusal as fault:
            raise NotDelivered(f"{fault.detail} {fault.remedy}".strip(), permanent=True) from None
        if not value:
            raise NotDelivered(f"{name} is not set up; write {key} under [{name}] in channels.toml", permanent=True)
        return value

    def value(self, name: str, key: str, default: str = "") -> str:
        """A value as it stands there, or what its _file or _secret names. Raises Invalid."""
        table = self.table(name)
        if key not in SECRET:
            return str(table.get(key, default))
        kept = self._values.get((name, key))
        if kept is not None and time.monotonic() - kept[0] < KEPT:
            return kept[1]
        value = self._opened(table, name, key)
        self._values[name, key] = (time.monotonic(), value)
        return value

    def _opened(self, table: dict[str, Any], name: str, key: str) -> str:
        place = Place(file=str(self.file), field=f"{name}.{key}")
        if path := table.get(f"{key}_file"):
            try:
                return Path(str(path)).read_text().strip()
            except OSError as fault:
                detail = f"The file of {name}.{key} cannot be read: {fault.strerror}."
                raise Invalid(detail, remedy="Write it, readable for Roadbed alone.", place=place) from None
        if secret := str(table.get(f"{key}_secret", "")):
            service, _, entry = secret.partition("/")
            try:
                return self._secrets(service, entry)
            except SourceFailed as fault:
                detail = str(fault).replace("sources.toml", "channels.toml")
                raise Invalid(detail, remedy="`roadbed secrets set` sets it.", place=place) from None
        return str(table.get(key, ""))

    def _refresh(self) -> None:
        try:
            status = self.file.stat()
            mark = (status.st_mtime_ns, status.st_size)
            if mark == self._read_at:
                return
            tables = tomllib.loads(self.file.read_text())
        except FileNotFoundError:
            tables, mark = {}, None
        except (OSError, ValueError) as fault:
            raise Invalid(
                f"channels.toml cannot be read: {fault}.", remedy="Mend the line.", place=Place(file=str(self.file))
            ) from None
        self._check(tables)
        self._tables, self._read_at = tables, mark
        self._values.clear()

    def _check(self, tables: dict[str, Any]) -> None:
        for name, table in tables.items():
            if name not in KNOWN or not isinstance(table, dict):
                raise self._unknown(f"[{name}]", ", ".join(f"[{one}]" for one in KNOWN), name)
            for key in table:
                plain = key.removesuffix("_file").removesuffix("_secret")
                if key not in KNOWN[name] and not (plain in KNOWN[name] and plain in SECRET):
                    raise self._unknown(f"{key} under [{name}]", ", ".join(KNOWN[name]), f"{name}.{key}")

    def _unknown(self, what: str, known: str, field: str) -> Invalid:
        return Invalid(
            f"channels.toml has an unknown {what}.",
            remedy=f"Known: {known}.",
            place=Place(file=str(self.file), field=field),
        )
