"""The files of a new service become a repository: rendered, committed as the person who asked, pushed to the host."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from roadbed.ground.errors import Conflict, Place, Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.paths.git import GitFailed, git, git_text
from roadbed.platform.paths.materialise import PathRepository
from roadbed.platform.paths.rendering import read_files, render

ENTRY = "catalog-info.yaml"


@dataclass(frozen=True, slots=True)
class Author:
    """Whose name the first commit carries."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """A repository with its first commit. `entry` is the text of its catalogue file."""

    location: str
    commit: str
    files: tuple[str, ...]
    entry: str


def make_repository(
    path: PathRepository,
    answers: Mapping[str, Any],
    *,
    name: str,
    author: Author,
    now: datetime,
    created: Callable[[str], None],
) -> Pushed:
    """Render, commit, create the repository and push. `created` hears its location as soon as it exists.

    Raises:
        Invalid: the path refuses an answer.
        Conflict: the host has a repository of that name.
        Unavailable: Git or the host fails. What was created stays for the caller to remove.
    """
    with tempfile.TemporaryDirectory(prefix="roadbed-scaffold-") as folder:
        work = Path(folder)
        render(path, answers, work)
        files = read_files(work)
        entry = next((file.text for file in files if file.path == ENTRY), None)
        if not entry:
            raise Unavailable(
                f"The path {path.name} {path.version} makes no {ENTRY}, so nothing can be registered.",
                remedy="Add the file to the path and publish a new version.",
                place=Place(file=ENTRY),
            )
        try:
            commit = _first_commit(work, path, name=name, author=author, now=now)
            location = _created(name)
            created(location)
            git("push", "--quiet", location, "HEAD:refs/heads/main", cwd=work)
        except GitFailed as fault:
            raise Unavailable(f"The repository of {name} could not be made: {fault}.", remedy="Try again.") from fault
    return Pushed(location, commit, tuple(file.path for file in files), entry)


def remove_repository(location: str) -> str:
    """Take a repository back that this room had made; answers why it could not be, empty when it is gone."""
    try:
        if board.code_host().hosts(location):
            board.code_host().remove(location)
    except CodeUnavailable as fault:
        return str(fault)
    return ""


def _created(name: str) -> str:
    try:
        return board.code_host().create(name)
    except CodeUnavailable as fault:
        raise Conflict(
            f"The repository {name} could not be created: {fault}.",
            remedy="Choose another name, or adopt the repository that is there with `roadbed adopt`.",
            place=Place(field="name"),
        ) from fault


def _first_commit(work: Path, path: PathRepository, *, name: str, author: Author, now: datetime) -> str:
    stamp = f"{int(now.timestamp())} +0000"
    env = {
        "GIT_AUTHOR_NAME": _plain(author.name) or "Roadbed",
        "GIT_AUTHOR_EMAIL": _plain(author.email),
        "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_NAME": "Roadbed",
        "GIT_COMMITTER_EMAIL": "roadbed@localhost",
        "GIT_COMMITTER_DATE": stamp,
    }
    git("init", "--quiet", "--initial-branch=main", "--template=", cwd=work)
    # --force: a path decides what its first commit holds, whatever its own .gitignore says for later.
    git("add", "--all", "--force", ".", cwd=work)
    message = f"Begin {name} from the golden path {path.name} {path.version}"
    git("commit", "--quiet", "-m", message, cwd=work, env=env)
    return git_text("rev-parse", "HEAD", cwd=work)


def _plain(text: str) -> str:
    """A name or address as Git takes it in an identity."""
    return re.sub(r"[<>\x00-\x1f\x7f]", "", text).strip(" .,:;\"'")
