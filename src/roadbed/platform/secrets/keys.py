"""The master key in the data folder, and age encryption to it: each value has a data key that the master key wraps."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from django.conf import settings

from roadbed.ground.errors import Place, Unavailable

# pyrage is imported where it is used: every web process loads this file, and few of them ever touch a secret.

NAME = "secrets.key"


def key_file() -> Path:
    """Where the master key lies; a backup of the records is worth nothing without it."""
    return Path(settings.FOLDER.root) / NAME


def recipient() -> str:
    """The public half of the master key."""
    return str(_identity(make=True).to_public())


def encrypt(plaintext: bytes) -> bytes:
    """Encrypt to the master key, which is made at the first secret."""
    import pyrage

    return bytes(pyrage.encrypt(plaintext, [_identity(make=True).to_public()]))


def decrypt(ciphertext: bytes) -> bytes:
    """Decrypt with the master key.

    Raises:
        Unavailable: when the key is missing or is not the one that it was encrypted to.
    """
    import pyrage

    try:
        return bytes(pyrage.decrypt(ciphertext, [_identity(make=False)]))
    except pyrage.DecryptError:
        raise Unavailable(
            "A secret cannot be opened with this master key.",
            remedy=f"Bring back the {NAME} of these records from the same backup, or set the secret anew.",
            place=Place(file=str(key_file())),
        ) from None


def _identity(*, make: bool) -> Any:
    path = key_file()
    try:
        return _read(path)
    except FileNotFoundError:
        if not make or _something_is_encrypted():
            raise Unavailable(
                "The master key of the secrets is missing.",
                remedy=f"Bring {NAME} back from the backup; without it the values are lost and must be set anew.",
                place=Place(file=str(path)),
            ) from None
    return _make(path)


def _read(path: Path) -> Any:
    import pyrage

    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unavailable(
            "Others can read the master key of the secrets.",
            remedy=f"Run `chmod 600 {path}`, and set the secrets anew if somebody did read it.",
            place=Place(file=str(path)),
        )
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    try:
        return pyrage.x25519.Identity.from_str(lines[0])
    except (IndexError, pyrage.IdentityError):
        raise Unavailable(
            "The master key of the secrets is damaged.",
            remedy=f"Bring {NAME} back from the backup.",
            place=Place(file=str(path)),
        ) from None


def _something_is_encrypted() -> bool:
    from roadbed.platform.secrets.models import SecretVersion

    return SecretVersion.objects.exists()


def _make(path: Path) -> Any:
    """Write a new key whole, synced, and only where there is none: two processes must not each make one."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    told = "# Master key of the secrets. A backup of the records is worth nothing without it."
    content = f"{told}\n# public key: {identity.to_public()}\n{identity}\n"
    temporary = path.with_name(f".{NAME}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return _read(path)
    finally:
        temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return identity
