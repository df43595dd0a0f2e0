"""Runs Git in a clone: one stream of its log, one list of its tags, and what is odd about the clone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from roadbed.delivery.metrics.rules.git.graph import Graph, graph_of
from roadbed.delivery.metrics.rules.git.log import FORMAT, Logged, NoLogError, commits_of
from roadbed.delivery.metrics.rules.git.tags import FIELDS, Tag, tags_of
from roadbed.ground.errors import Invalid, NotFound, Place, Unavailable

CHUNK = 1 << 20
Tick = Callable[[int, int], None]
"""Told how many commits were read of how many."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone before its commits are read. `shallow`: its history begins later than the project's."""

    path: Path
    name: str
    tags: list[Tag]
    head: str
    shallow: bool
    folders: frozenset[str]


def open_clone(path: Path) -> Clone:
    """A clone, bare or not.

    Raises:
        NotFound: when there is no repository.
        Invalid: when it has no commits.
        Unavailable: when Git is not installed.
    """
    if shutil.which("git") is None:
        raise Unavailable("git is not installed.", remedy="Install Git 2.20 or later.")
    if not path.exists():
        raise NotFound(f"{path} does not exist.", remedy="Give the folder of a clone.", place=Place(file=str(path)))
    if not path.is_dir():
        raise NotFound(f"{path} is a file.", remedy="Give the folder of a clone.", place=Place(file=str(path)))
    if _asked(path, "rev-parse", "--git-dir") is None:
        raise NotFound(
            f"{path} is no Git repository.",
            remedy=_why_not(path) or "Give the folder of a clone, or make one by `git clone`.",
            place=Place(file=str(path)),
        )
    head = (_asked(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") or "").strip()
    tags = tags_of((_asked(path, "for-each-ref", "refs/tags", f"--format={FIELDS}") or "").splitlines())
    if not head and not tags:
        raise Invalid(f"{path} has no commits yet.", remedy="Commit and tag something.", place=Place(file=str(path)))
    return Clone(
        path=path,
        name=_name(path),
        tags=tags,
        head=head or tags[-1].target,
        shallow=(_asked(path, "rev-parse", "--is-shallow-repository") or "").strip() == "true",
        folders=_folders(path) if head else frozenset(),
    )


def _git(path: Path, *words: str) -> list[str]:
    return ["git", "-C", str(path), "-c", "core.quotePath=false", "-c", "log.showSignature=false", *words]


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _asked(path: Path, *words: str) -> str | None:
    """What Git answers; None when it refuses."""
    done = subprocess.run(_git(path, *words), capture_output=True, check=False, env=_environment())
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _why_not(path: Path) -> str:
    done = subprocess.run(_git(path, "rev-parse", "--git-dir"), capture_output=True, check=False, env=_environment())
    said = done.stderr.decode("utf-8", "replace")
    if "dubious ownership" in said:
        return f"It belongs to somebody else: `git config --global --add safe.directory {path.resolve()}` trusts it."
    return ""


def _name(path: Path) -> str:
    """The project's name: from where it was cloned, else the folder's."""
    url = (_asked(path, "config", "--get", "remote.origin.url") or "").strip().rstrip("/")
    named = url.replace(":", "/").rpartition("/")[2] if url else path.resolve().name
    return named.removesuffix(".git") or path.resolve().parent.name


def _folders(path: Path) -> frozenset[str]:
    """Folders of the last version, two levels deep, where services usually live."""
    top = (_asked(path, "ls-tree", "-d", "-z", "--name-only", "HEAD") or "").split("\0")
    inner = (
        _asked(path, "ls-tree", "-d", "-z", "--name-only", "HEAD", *(f"{one}/" for one in top if one)) or ""
    ).split("\0")
    return frozenset(one for one in (*top, *inner) if one)


def read_graph(clone: Clone, *, with_paths: bool, tick: Tick) -> Graph:
    """All commits of the present version and of the tags, in one stream.

    Raises:
        Unavailable: when Git fails.
    """
    tips = ["HEAD", "--tags"] if clone.head else ["--tags"]
    total = int((_asked(clone.path, "rev-list", "--count", *tips) or "0").strip() or 0)
    words = ["log", "-z", "--date-order", "--encoding=UTF-8", "--no-color", "--no-notes", f"--format={FORMAT}"]
    words += ["--name-only", "--no-renames"] if with_paths else []
    command = _git(clone.path, *words, *tips, "--")
    # Its complaints go to a file, since a pipe that nobody reads fills up and stops it.
    with (
        TemporaryFile() as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=_environment()) as running,
    ):
        try:
            graph = graph_of(_ticking(commits_of(_chunks(running)), total, tick))
        except NoLogError as fault:
            running.kill()
            raise Unavailable(f"git log said {str(fault)!r}, which is no commit.") from None
        running.wait()
        complaints.seek(0)
        said = complaints.read().decode("utf-8", "replace").strip()
    if running.returncode:
        raise Unavailable(f"git log failed: {said[:300]}", remedy=f"`git -C {clone.path} fsck` says what is broken.")
    return graph


def _chunks(running: subprocess.Popen[bytes]) -> Iterator[bytes]:
    while running.stdout is not None and (chunk := running.stdout.read(CHUNK)):
        yield chunk


def _ticking(commits: Iterator[Logged], total: int, tick: Tick) -> Iterator[Logged]:
    number = 0
    for number, one in enumerate(commits, 1):
        if number % 2000 == 0:
            tick(number, max(number, total))
        yield one
    tick(number, max(number, total))
