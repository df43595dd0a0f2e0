"""The data folder: where it is, what is in it, and the few settings that are needed before a database."""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from roadbed.ground.errors import Invalid, Place

DEFAULT_ADDRESS = "127.0.0.1:8000"
DEFAULT_EDGE = "127.0.0.1:8080"


def default_folder() -> Path:
    """Root's services run as other users, who cannot enter root's home, so root's data lives under /var/lib."""
    if os.geteuid() == 0:
        return Path("/var/lib/roadbed")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "roadbed"


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder of one Roadbed."""

    root: Path

    @classmethod
    def chosen(cls, given: str | None = None) -> Folder:
        """The folder given, else ROADBED_DATA, else the default."""
        return cls(Path(given or os.environ.get("ROADBED_DATA") or default_folder()).expanduser().absolute())

    @property
    def records(self) -> Path:
        return self.root / "roadbed.db"

    @property
    def samples(self) -> Path:
        return self.root / "samples.db"

    @property
    def client(self) -> Path:
        return self.root / "client.json"

    @property
    def settings(self) -> Path:
        return self.root / "config.toml"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def repositories(self) -> Path:
        return self.root / "repositories"

    @property
    def paths(self) -> Path:
        return self.root / "paths"

    def secret_key(self) -> str:
        """The key of sessions and signatures; made once, readable by its owner alone."""
        path = self.root / "secret_key"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            self.make()
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_text().strip()
            key = secrets.token_urlsafe(48)
            with os.fdopen(handle, "w") as file:
                file.write(key)
            return key

    def make(self) -> None:
        """Make the folder and its parts. Others may pass through to released services, and read nothing."""
        if not self.root.exists():
            self.root.mkdir(mode=0o711, parents=True)
            self.root.chmod(0o711)
        for part in (self.logs, self.run, self.repositories, self.paths):
            part.mkdir(mode=0o700, exist_ok=True)

    def configured(self) -> dict[str, str]:
        """What config.toml says. A setting given in the environment (ROADBED_ADDRESS …) comes before it.

        Raises:
            Invalid: naming the file and the fault.
        """
        try:
            with self.settings.open("rb") as file:
                written = tomllib.load(file)
        except FileNotFoundError:
            written = {}
        except tomllib.TOMLDecodeError as fault:
            raise Invalid(
                f"config.toml cannot be read: {fault}.",
                remedy="Mend the line, or remove the file to use the defaults.",
                place=Place(file=str(self.settings)),
            ) from None
        unknown = sorted(set(written) - set(SETTINGS))
        if unknown:
            raise Invalid(
                f"config.toml has an unknown setting {unknown[0]!r}.",
                remedy=f"Known settings: {', '.join(SETTINGS)}.",
                place=Place(file=str(self.settings), field=unknown[0]),
            )
        chosen = {name: str(written.get(name, default)) for name, default in SETTINGS.items()}
        for name in SETTINGS:
            if given := os.environ.get(f"ROADBED_{name.upper()}"):
                chosen[name] = given
        return chosen


SETTINGS = {
    "address": DEFAULT_ADDRESS,
    "edge": DEFAULT_EDGE,
    "public_url": "",
    "database": "",
    "organization": "",
    "smtp": "",
    "smtp_sender": "roadbed@localhost",
    "reply_to": "",
    "webhook_private": "allow",
    "counts_kept_days": "31",
    "storm_pages": "5",
    "storm_minutes": "5",
    "acknowledged_minutes": "0",
    "incident_rooms": "",
    "incident_rooms_token": "",
}
"""Every setting with its default; docs/reference/settings.md lists each, which a test checks."""


def parse_address(text: str, *, setting: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:8000` or `[::1]:8000`.

    Raises:
        Invalid: naming the setting.
    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the highest port
        raise Invalid(
            f"{text!r} is not an address.", remedy="Write HOST:PORT, like 127.0.0.1:8000.", place=Place(field=setting)
        )
    return host, int(port)


def parse_choice(text: str, choices: tuple[str, ...], *, setting: str) -> str:
    """One of a few words.

    Raises:
        Invalid: naming the setting.
    """
    if text not in choices:
        raise Invalid(f"{text!r} is not possible.", remedy=f"Write {' or '.join(choices)}.", place=Place(field=setting))
    return text


def parse_number(text: str, *, of: str, least: int, most: int, setting: str) -> int:
    """A whole number of something between two.

    Raises:
        Invalid: naming the setting.
    """
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise Invalid(f"{text!r} is no number of {of}.", remedy=f"Write {least} to {most}.", place=Place(field=setting))
    return int(text)
