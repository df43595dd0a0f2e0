"""Writing a commit's files into a folder: exactly what was committed, and nothing outside the folder."""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from roadbed.adapters.local_git.process import run, running
from roadbed.ground.ports.code_host import CodeUnavailable

MOST_FILES: Final = 100_000
MOST_BYTES: Final = 2 * 1024**3
EXPORT_SECONDS: Final = 300.0
_LINK, _MODULE, _PROGRAM = "120000", "160000", "100755"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit."""

    mode: str
    name: str
    size: int
    path: str


def export(env: Mapping[str, str], commit: str, into: Path) -> None:
    """Write a commit's files; on any fault the folder is left as empty as it was."""
    made = not into.exists()
    into.mkdir(mode=0o755, parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise CodeUnavailable(f"{into} is not empty. Give an empty folder.")
    try:
        _write_all(env, _entries(env, commit), into)
    except BaseException as fault:
        _empty(into, remove=made)
        if isinstance(fault, OSError):
            raise CodeUnavailable(
                f"The files cannot be written to {into}: {fault.strerror}. Make room there."
            ) from fault
        raise


def _entries(env: Mapping[str, str], commit: str) -> tuple[Entry, ...]:
    code, output, complaint = run("ls-tree", "-r", "-z", "--long", "--full-tree", commit, env=env, limit=64 * 1024**2)
    if code:
        raise CodeUnavailable(f"The files of {commit[:12]} cannot be listed: {complaint}.")
    found = []
    for line in output.split(b"\0")[:-1]:
        said, _, path = line.partition(b"\t")
        mode, _, name, size = said.decode("ascii").split()
        found.append(Entry(mode, name, int(size) if size.isdigit() else 0, os.fsdecode(path)))
    if len(found) > MOST_FILES or sum(entry.size for entry in found) > MOST_BYTES:
        raise CodeUnavailable(f"{commit[:12]} has more than {MOST_FILES:,} files or {MOST_BYTES:,} bytes.")
    _refuse_escapes(found)
    return tuple(found)


def _refuse_escapes(entries: list[Entry]) -> None:
    links = {entry.path for entry in entries if entry.mode == _LINK}
    for entry in entries:
        parts = entry.path.split("/")
        if not all(parts) or any(part in (".", "..") or part.lower() == ".git" for part in parts):
            raise CodeUnavailable(f"The commit holds the path {entry.path!r}, which leads out of it. Remove it.")
        if any("/".join(parts[:end]) in links for end in range(1, len(parts))):
            raise CodeUnavailable(f"The commit holds {entry.path!r} below a symbolic link. Remove one of them.")


def _write_all(env: Mapping[str, str], entries: tuple[Entry, ...], into: Path) -> None:
    with (
        tempfile.TemporaryFile() as errors,
        running(("cat-file", "--batch"), env, seconds=EXPORT_SECONDS, errors=errors, feed=True) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        for entry in entries:
            target = into / entry.path
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            if entry.mode == _MODULE:
                target.mkdir(exist_ok=True)
                continue
            process.stdin.write(f"{entry.name}\n".encode())
            process.stdin.flush()
            _write(entry, target, _content(process.stdout, entry))


def _content(pipe: IO[bytes], entry: Entry) -> Iterator[bytes]:
    head = pipe.readline(200).split()
    if len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004 - name, type, size
        raise CodeUnavailable(f"The file {entry.path!r} is missing from the repository. Run `git fsck` there.")
    left = int(head[2])
    while left:
        part = pipe.read(min(left, 1 << 20))
        if not part:
            raise CodeUnavailable(f"The file {entry.path!r} cannot be read to its end. Run `git fsck` there.")
        left -= len(part)
        yield part
    pipe.read(1)


def _write(entry: Entry, target: Path, content: Iterator[bytes]) -> None:
    if entry.mode == _LINK:
        goal = os.fsdecode(b"".join(content))
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), goal))
        if goal.startswith("/") or inside == ".." or inside.startswith("../"):
            raise CodeUnavailable(f"The symbolic link {entry.path!r} leads out of the repository. Remove it.")
        target.symlink_to(goal)
        return
    mode = 0o755 if entry.mode == _PROGRAM else 0o644
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        for part in content:
            file.write(part)
    target.chmod(mode)


def _empty(folder: Path, *, remove: bool) -> None:
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for inner in folder.iterdir():
        if inner.is_dir() and not inner.is_symlink():
            shutil.rmtree(inner, ignore_errors=True)
        else:
            inner.unlink()
