"""Owns writing a commit's files into a folder from Git's objects alone.

`git archive` and `git checkout` run the smudge filters that a repository's own configuration names, which for
somebody else's repository means running their command with our rights; objects read as they are run nothing.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from roadbed.adapters.local_git.command import CLONE_SECONDS, environment, git
from roadbed.ground.ports.code_host import CodeUnavailable

MOST_BYTES = 2 * 1024**3
MOST_FILES = 100_000
LINK, SUBMODULE, RUNNABLE = "120000", "160000", "100755"
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree."""

    mode: str
    blob: str
    path: str


def entries(repository: Path, commit: str) -> tuple[Entry, ...]:
    """The tree's files and links; submodules are left out, since their content is elsewhere.

    Raises:
        CodeUnavailable: when it is too large to release.
    """
    found, size = [], 0
    for record in git(repository, "ls-tree", "-r", "-z", "-l", commit).split(b"\0"):
        if not record:
            continue
        head, _, path = record.partition(b"\t")
        mode, _, blob, length = head.decode().split()
        if mode == SUBMODULE:
            continue
        size += int(length)
        found.append(Entry(mode, blob, path.decode(errors="surrogateescape")))
        if len(found) > MOST_FILES or size > MOST_BYTES:
            raise CodeUnavailable(f"{commit[:12]} is too large to release: over {MOST_FILES} files or 2 GiB.")
    return tuple(found)


def write(repository: Path, commit: str, into: Path) -> None:
    """Write every file of the commit.

    Raises:
        CodeUnavailable: naming the entry that would leave the folder.
    """
    wanted = entries(repository, commit)
    for entry in wanted:
        parts = PurePosixPath(entry.path).parts
        if entry.path.startswith("/") or ".." in parts or ".git" in parts:
            raise CodeUnavailable(f"{entry.path!r} of {commit[:12]} leaves the release's folder.")
    asked = "".join(f"{entry.blob}\n" for entry in wanted).encode()
    with subprocess.Popen(
        ["git", "-C", str(repository), "cat-file", "--batch", "--buffer"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _feed(process, asked)
            assert process.stdout is not None  # noqa: S101 - it was asked for
            for entry in wanted:
                _write_one(process.stdout, entry, into)
        except BaseException:
            process.kill()
            raise
        process.wait(CLONE_SECONDS)


def _feed(process: subprocess.Popen[bytes], asked: bytes) -> None:
    # A thread writes what is wanted while we read, since both pipes are short.
    import threading

    def feeding() -> None:
        assert process.stdin is not None  # noqa: S101 - it was asked for
        with process.stdin as pipe:
            pipe.write(asked)

    threading.Thread(target=feeding, daemon=True).start()


def _write_one(stream: IO[bytes], entry: Entry, into: Path) -> None:
    head = stream.readline().split()
    if len(head) != 3:  # noqa: PLR2004 - name, kind, size; else the object is missing
        raise CodeUnavailable(f"{entry.path} is missing in the repository. Remedy: `git fsck` there.")
    left = int(head[2])
    target = into / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(into.resolve()):
        raise CodeUnavailable(f"{entry.path} leaves the release's folder through a link.")
    if entry.mode == LINK:
        _link(stream.read(left).decode(errors="surrogateescape"), entry, target, into)
    else:
        with target.open("xb") as file:
            while left:
                block = stream.read(min(left, CHUNK))
                if not block:
                    raise CodeUnavailable(f"{entry.path} could not be read whole.")
                file.write(block)
                left -= len(block)
        target.chmod(0o755 if entry.mode == RUNNABLE else 0o644)
    stream.read(1)


def _link(points_at: str, entry: Entry, target: Path, into: Path) -> None:
    root = into.resolve()
    if points_at.startswith("/") or not (target.parent.resolve() / points_at).resolve().is_relative_to(root):
        raise CodeUnavailable(f"{entry.path} is a link that leaves the release's folder: {points_at}")
    target.symlink_to(points_at)
