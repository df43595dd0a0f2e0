"""The master key in the data folder, and age encryption to it: each value has a data key that the master key wraps."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from roadbed.ground.asks import sealed
from roadbed.ground.errors import Place, Unavailable

# pyrage is imported where it is used: every web process loads this file, and few of them ever touch a secret.

NAME = "secrets.key"


def key_file() -> Path:
    """Where the master key lies; a backup of the records is worth nothing without it."""
    return Path(settings.FOLDER.root) / NAME


def recipient() -> str:
    """The public half of the master key."""
    return str(_identities(make=True)[0].to_public())


def public_halves() -> tuple[str, ...]:
    """The public half of the master key and of the former ones that still open; none before the first secret."""
    try:
        return tuple(str(one.to_public()) for one in _read(key_file()))
    except FileNotFoundError:
        return ()


def encrypt(plaintext: bytes) -> bytes:
    """Encrypt to the master key, which is made at the first secret."""
    import pyrage

    return bytes(pyrage.encrypt(plaintext, [_identities(make=True)[0].to_public()]))


def decrypt(ciphertext: bytes) -> bytes:
    """Decrypt with the master key, or a former one that was kept.

    Raises:
        Unavailable: when the key is missing or is not the one that it was encrypted to.
    """
    import pyrage

    try:
        return bytes(pyrage.decrypt(ciphertext, _identities(make=False)))
    except pyrage.DecryptError:
        raise Unavailable(
            "A secret cannot be opened with this master key.",
            remedy=f"Bring back the {NAME} of these records from the same backup, or set the secret anew.",
            place=Place(file=str(key_file())),
        ) from None


def add_new() -> None:
    """Put a new key before those that there are: from now on it seals, and all of them open."""
    import pyrage

    with _alone():
        _identities(make=True)
        _replace([pyrage.x25519.Identity.generate(), *_read(key_file())])


def forget_former() -> None:
    """Keep the newest key alone. What is sealed to an older one is lost then."""
    with _alone():
        _replace(_identities(make=False)[:1])


def _identities(*, make: bool) -> list[Any]:
    path = key_file()
    try:
        return _read(path)
    except FileNotFoundError:
        if not make or something_is_sealed():
            raise Unavailable(
                "The master key of the secrets is missing.",
                remedy=f"Bring {NAME} back from the backup; without it the values are lost and must be set anew.",
                place=Place(file=str(path)),
            ) from None
    return _make(path)


def _read(path: Path) -> list[Any]:
    import pyrage

    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unavailable(
            "Others can read the master key of the secrets.",
            remedy=f"Run `chmod 600 {path}`, and set the secrets anew if somebody did read it.",
            place=Place(file=str(path)),
        )
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    try:
        return [pyrage.x25519.Identity.from_str(lines[0]), *map(pyrage.x25519.Identity.from_str, lines[1:])]
    except (IndexError, pyrage.IdentityError):
        raise Unavailable(
            "The master key of the secrets is damaged.",
            remedy=f"Bring {NAME} back from the backup.",
            place=Place(file=str(path)),
        ) from None


def something_is_sealed() -> bool:
    """Whether any room keeps a value that a lost key would lose."""
    return any(kept.exists() for kept in sealed.places().values())


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time writes the file; readers need no lock, since it is replaced whole."""
    handle = os.open(key_file().with_name(f".{NAME}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make(path: Path) -> list[Any]:
    """Write a new key whole, synced, and only where there is none: two processes must not each make one."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    temporary = _written(path, [identity])
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return _read(path)
    finally:
        temporary.unlink()
    _synced(path.parent)
    return [identity]


def _replace(identities: list[Any]) -> None:
    path = key_file()
    _written(path, identities).replace(path)
    _synced(path.parent)


def _written(path: Path, identities: list[Any]) -> Path:
    """The keys in a file of their own beside the real one, synced; the first one seals."""
    told = "# Master key of the secrets. A backup of the records is worth nothing without it."
    former = "# Former keys, which open what they sealed.\n" if len(identities) > 1 else ""
    content = f"{told}\n# public key: {identities[0].to_public()}\n{identities[0]}\n{former}"
    content += "".join(f"{one}\n" for one in identities[1:])
    temporary = path.with_name(f".{NAME}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _synced(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
