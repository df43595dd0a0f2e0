"""What Roadbed needs of whatever keeps code: read a file at a commit, export a tree, list commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, with both dates: authored when written, committed when it entered this history."""

    sha: str
    subject: str
    author_name: str
    author_email: str
    authored_at: datetime
    committed_at: datetime
    parents: tuple[str, ...]
    body: str = ""


class CodeUnavailable(Exception):  # noqa: N818 - mapped to a refusal by the use-case
    """The repository, reference or file cannot be had; the message names it and the remedy."""


class CodeHost(Protocol):
    """A home of Git repositories. `location` is a path or URL. Every method may raise CodeUnavailable."""

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        """The full commit name that a branch, tag or abbreviated name stands for."""

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        """The file's content at that commit, None where it does not exist. At most 1 MiB."""

    def files(self, location: str, ref: str = "HEAD", *, under: str = "", limit: int = 20_000) -> tuple[str, ...]:
        """Paths of the commit's files in order, of one folder where `under` names it; at most `limit` of them."""

    def export(self, location: str, commit: str, into: Path) -> None:
        """Write the commit's files into an empty folder, without the history."""

    def commits(
        self, location: str, *, since: str | None, until: str, limit: int = 1000, paths: tuple[str, ...] = ()
    ) -> tuple[Commit, ...]:
        """Commits reachable from `until` and not from `since`, newest first; with `paths` those that touch any."""

    def changed_paths(self, location: str, *, since: str, until: str, limit: int = 500) -> tuple[str, ...]:
        """The files that differ between two commits, at most `limit` of them."""

    def create(self, name: str) -> str:
        """Make an empty repository and answer its location. Raises CodeUnavailable where the name is taken."""

    def hosts(self, location: str) -> bool:
        """Whether this host itself created the repository: anybody may name those, only admins other folders."""

    def remove(self, location: str) -> None:
        """Remove a repository that this host itself created."""
