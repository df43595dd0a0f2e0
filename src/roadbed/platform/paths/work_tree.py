"""Writes adopting's files into somebody's work tree as one commit of theirs, or leaves it as it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roadbed.ground.errors import Conflict, Place, Unavailable
from roadbed.platform.paths.adopting.findings import ProposedFile
from roadbed.platform.paths.git import git, git_text


@dataclass(frozen=True, slots=True)
class Committed:
    """What was committed where, and what was there before, so that it can be taken back."""

    folder: Path
    commit: str
    former: str
    files: tuple[ProposedFile, ...]


def check_free(folder: Path, files: Sequence[ProposedFile]) -> None:
    """Refuse a work tree in which something uncommitted stands where the files would.

    Raises:
        Conflict: naming every such file.
    """
    paths = [file.path for file in files]
    if not paths:
        return
    dirty = git_text("status", "--porcelain", "--untracked-files=all", "--ignored", "--", *paths, cwd=folder)
    if dirty:
        named = ", ".join(sorted(line[3:] for line in dirty.splitlines()))
        raise Conflict(
            f"{folder} has uncommitted changes where files would be written: {named}.",
            remedy="Commit or stash them, and adopt again. Nothing was written.",
            place=Place(file=named.split(", ")[0]),
        )


def commit(folder: Path, files: Sequence[ProposedFile], *, message: str) -> Committed:
    """Write the files and commit them and nothing else, as the person whose Git this is.

    Raises:
        Conflict: uncommitted changes are in the way.
        Unavailable: Git refuses; the work tree is as it was.
    """
    check_free(folder, files)
    former = git_text("rev-parse", "HEAD", cwd=folder)
    paths = [file.path for file in files]
    try:
        for file in files:
            _write(folder / file.path, file.text)
        _own_git(folder, "add", "--force", "--", *paths)
        _own_git(folder, "commit", "--quiet", "-m", message, "--", *paths)
    except (OSError, Unavailable):
        _restore(folder, files)
        raise
    return Committed(folder, git_text("rev-parse", "HEAD", cwd=folder), former, tuple(files))


def take_back(done: Committed) -> bool:
    """Undo the commit; answers False when somebody has committed on top of it, and then leaves everything."""
    if git_text("rev-parse", "HEAD", cwd=done.folder) != done.commit:
        return False
    git("update-ref", "-m", "roadbed adopt: undone", "HEAD", done.former, done.commit, cwd=done.folder)
    _restore(done.folder, done.files)
    return True


def push(folder: Path) -> None:
    """Push the current branch to its origin, with the person's own access.

    Raises:
        Unavailable: it is refused.
    """
    _own_git(folder, "push", "--quiet", "origin", "HEAD")


def clone(url: str, folder: Path) -> None:
    """Clone with the person's own access.

    Raises:
        Unavailable: it cannot be cloned; nothing is left in the folder.
    """
    _own_git(folder.parent, "clone", "--quiet", "--", url, str(folder))


def _write(target: Path, text: str) -> None:
    if target.is_symlink():
        raise Conflict(f"{target} is a symbolic link.", remedy="Replace it with a file, and adopt again.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    part.replace(target)


def _restore(folder: Path, files: Sequence[ProposedFile]) -> None:
    for file in files:
        target = folder / file.path
        if file.before is None:
            target.unlink(missing_ok=True)
        else:
            _write(target, file.before)
    git("reset", "--quiet", "--", *[file.path for file in files], cwd=folder)


def _own_git(folder: Path, *arguments: str) -> None:
    """Git with the person's identity, signing and hooks: it is their repository and their commit."""
    env = os.environ | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        reason = next((line for line in said if "fatal:" in line or "error:" in line), said[-1] if said else "")
        remedy = 'Set your name: git config --global user.name "…" and user.email.' if "identity" in reason else ""
        raise Unavailable(
            f"git {arguments[0]} was refused: {reason or done.returncode}.",
            remedy=remedy or "Mend what Git says and try again. Nothing was changed.",
        )
