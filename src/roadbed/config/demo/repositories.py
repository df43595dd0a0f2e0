"""The company's repositories: what a golden path made, and on it one commit for every change that was deployed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from roadbed.config.demo.company import DOMAIN
from roadbed.ground.ports import board
from roadbed.platform.paths.git import git, git_text

BRANCH: Final = "refs/heads/main"


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit to write: its words, its people and dates, and the files that it brings."""

    subject: str
    body: str
    author: str
    authored_at: datetime
    committed_at: datetime
    files: tuple[tuple[str, str], ...]


def create(name: str) -> str:
    """An empty repository of the company's; answers its location."""
    return board.code_host().create(name)


def write(location: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Put commits on the main branch, oldest first, by one Git; answers their names."""
    repository = Path(location)
    parent = _head(repository)
    stream = b"".join(_commit(number, entry, parent if number == 1 else "") for number, entry in enumerate(entries, 1))
    with tempfile.TemporaryDirectory(prefix="roadbed-demo-") as folder:
        marks = Path(folder) / "marks"
        # One pack instead of a file for every object, so that a copy of the data folder stays small.
        git("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", f"--export-marks={marks}", "--done",
            cwd=repository, given=stream + b"done\n", env={"GIT_DIR": os.fspath(repository)})  # fmt: skip
        named = dict(line.split() for line in marks.read_text().splitlines())
    return tuple(named[f":{number}"] for number in range(1, len(entries) + 1))


def _head(repository: Path) -> str:
    found = git_text("for-each-ref", "--format=%(objectname)", BRANCH, cwd=repository)
    return found.strip()


def _commit(number: int, entry: Entry, parent: str) -> bytes:
    mail = f"{entry.author.lower().replace(' ', '.')}@{DOMAIN}"
    said = f"{entry.subject}\n\n{entry.body}".strip().encode()
    lines = [
        f"commit {BRANCH}".encode(),
        f"mark :{number}".encode(),
        f"author {entry.author} <{mail}> {int(entry.authored_at.timestamp())} +0000".encode(),
        f"committer {entry.author} <{mail}> {int(entry.committed_at.timestamp())} +0000".encode(),
        b"data %d" % len(said),
        said,
    ]
    if parent:
        lines.append(f"from {parent}".encode())
    for path, text in entry.files:
        content = text.encode()
        lines += [f"M 100644 inline {path}".encode(), b"data %d" % len(content), content]
    return b"\n".join(lines) + b"\n"
