"""Owns what touches the disk: files replaced at once and synced, locks between actors, and a full disk told plainly."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SECONDS = 120.0
FULL = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def writing(step: str, folder: Path) -> Iterator[None]:
    """Turn a full or read-only disk into a failure of the step that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise RuntimeFailure(
                step,
                f"the disk that holds {folder} is full; the serving release is untouched",
                remedy=f"free space there (`df -h {folder}`), then run the command again",
            ) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise RuntimeFailure(
                step,
                f"{error.filename or folder} is not ours to use: {error.strerror}",
                remedy="run the command as the user who runs Roadbed",
            ) from error
        raise


def replace(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write the file so that power loss leaves the old or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_if_other(path: Path, data: bytes, *, mode: int = 0o600) -> bool:
    """Replace the file unless it says the same already; whether it did not."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    replace(path, data, mode=mode)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save(path: Path, value: Any, *, mode: int = 0o600) -> None:
    """A value as JSON, replaced at once."""
    replace_if_other(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode(), mode=mode)


def load(path: Path) -> dict[str, Any] | None:
    """The JSON object in the file, None where there is no such file or no object in it."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def append(path: Path, line: str) -> None:
    """Add one line and sync it. A part line that a crash left behind is closed off first."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        broken = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = (("\n" if broken else "") + line + "\n").encode()
        written = os.write(descriptor, data)
        if written != len(data):
            os.ftruncate(descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path, mode: int) -> None:
    """The folder with exactly that mode, made where it is missing."""
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_mode & 0o7777 != mode:
        path.chmod(mode)


def clear(path: Path) -> None:
    """Remove a folder and all in it, whatever modes its build left."""

    def open_up(_function: object, name: str, _error: object) -> None:
        with contextlib.suppress(OSError):
            os.chmod(os.path.dirname(name), 0o700)  # noqa: PTH101, PTH120
            if os.path.isdir(name) and not os.path.islink(name):  # noqa: PTH112, PTH114
                os.chmod(name, 0o700)  # noqa: PTH101
                shutil.rmtree(name, ignore_errors=True)
            else:
                os.unlink(name)  # noqa: PTH108

    if path.exists():
        shutil.rmtree(path, onerror=open_up)


@contextlib.contextmanager
def locked(path: Path, *, step: str, what: str, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock; between processes and between threads, since each use opens the file anew."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RuntimeFailure(
                        step,
                        f"something else has been working on {what} for {seconds:.0f} s",
                        remedy="wait for it to end, then run the command again",
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)
