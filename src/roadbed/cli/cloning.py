"""Reads a clone by the git command and sends its commits piece by piece, each run going on where the last stopped."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import quote

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from roadbed.cli.output import err
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ports.payloads import clean, instant_of

if TYPE_CHECKING:
    from roadbed.cli.client import Api

PIECE: Final = 400
MOST_PATHS: Final = 300
_FORMAT: Final = "%x01%H%x00%P%x00%an%x00%aI%x00%cI%x00%s%x00%b%x02"
_FIELDS: Final = 7
_READ: Final = 1 << 16
_HERE: Final = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone on this machine, and under which name its repository is told of."""

    path: str
    repository: str = ""
    _git: tuple[str, ...] = field(default=("git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false"))

    def run(self, *arguments: str) -> str:
        """What git prints.

        Raises:
            Invalid: with what git says.
        """
        done = subprocess.run(
            [*self._git, "-C", self.path, *arguments], capture_output=True, check=False, env={**os.environ, **_HERE}
        )
        if done.returncode:
            complaint = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
            raise Invalid(
                f"{self.path} cannot be read: {complaint[0] if complaint else 'git failed'}.",
                remedy="Give the folder of a clone that has commits.",
                place=Place(file=self.path),
            )
        return done.stdout.decode("utf-8", "replace").strip()

    def name(self) -> str:
        """The repository's name: as given, else the address of origin, else where it lies."""
        if self.repository:
            return self.repository
        try:
            return self.run("remote", "get-url", "origin")
        except Invalid:
            return str(Path(self.path).resolve())

    def commits(self, without: str) -> Iterator[dict[str, Any]]:
        """Every commit of every branch, the oldest first, but for what a former run had."""
        spans = ["HEAD", "--branches", "--remotes", "--tags", *([f"^{without}"] if without else [])]
        command = [*self._git, "-C", self.path, "log", "--reverse", "--topo-order", "--no-renames", "--no-color",
                   "--no-mailmap", "--no-ext-diff", "--no-show-signature", "--encoding=UTF-8", "--name-only",
                   f"--format={_FORMAT}", *spans, "--"]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **_HERE}
        ) as git:
            assert git.stdout is not None  # noqa: S101 - it is piped
            for record in _records(git.stdout):
                if (read := _commit(record)) is not None:
                    yield read
        if git.returncode:
            raise Invalid(
                f"git log failed in {self.path}.", remedy="Run `git fsck` there.", place=Place(file=self.path)
            )

    def count(self, without: str) -> int:
        """How many those are."""
        spans = ["HEAD", "--branches", "--remotes", "--tags", *([f"^{without}"] if without else [])]
        return int(self.run("rev-list", "--count", *spans, "--"))

    def has(self, sha: str) -> bool:
        """Whether it has a commit still: history may have been written anew."""
        try:
            self.run("cat-file", "-e", f"{sha}^{{commit}}")
        except Invalid:
            return False
        return True

    def tagged(self, patterns: Sequence[str]) -> list[dict[str, str]]:
        """Tags that stand for deployments, the oldest first."""
        shape = "%(refname:short)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)"
        listed = self.run("for-each-ref", f"--format={shape}", "--sort=creatordate",
                          *(f"refs/tags/{pattern}" for pattern in patterns))  # fmt: skip
        rows = (line.split("\0") for line in listed.splitlines())
        return [
            {"version": name[:120], "commit": peeled or sha, "at": at}
            for name, sha, peeled, at in rows
            if instant_of(at) is not None
        ]


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between two record marks, however the pipe cuts it."""
    rest = b""
    while chunk := stream.read(_READ):
        *whole, rest = (rest + chunk).split(b"\x01")
        yield from whole
    yield rest


def _commit(record: bytes) -> dict[str, Any] | None:
    head, _, tail = record.partition(b"\x02")
    fields = head.decode("utf-8", "replace").split("\0")
    if len(fields) < _FIELDS or instant_of(fields[3]) is None or instant_of(fields[4]) is None:
        # Text of a commit can hold our marks; what is left of such a record is no commit.
        return None
    sha, parents, author, authored, committed, subject, *body = fields
    paths = [clean(line)[:500] for line in tail.decode("utf-8", "replace").splitlines() if line]
    return {
        "sha": sha.strip(), "parents": parents.split()[:100], "author": clean(author)[:200], "authored_at": authored,
        "committed_at": committed, "subject": clean(subject)[:1000], "body": clean("".join(body)).strip()[:4000],
        "paths": paths if len(paths) <= MOST_PATHS else None,
    }  # fmt: skip


def send(api: Api, clone: Clone, *, services: Sequence[str], tags: Sequence[str], again: bool) -> dict[str, Any]:
    """Send what was not sent yet; answers how much that was.

    The cursor is `HEAD-of-a-finished-run:commits-sent-since`, so that a run that was cut short skips what is there.
    """
    if tags and len(services) != 1:
        raise Invalid(
            "Tags are deployments of one service.", remedy="Give exactly one --service.", place=Place(field="service")
        )
    name, head = clone.name(), clone.run("rev-parse", "HEAD")
    if again:
        api.delete(f"/backfills/git?repository={quote(name, safe='')}")
    known = api.get("/backfills/git", repository=name)
    base, _, said = known["cursor"].partition(":")
    base = base if base and clone.has(base) else ""
    skipped = int(said) if said.isdecimal() and not known["finished"] else 0
    total = clone.count(base)
    skipped = skipped if skipped <= total else 0
    sent, problems = 0, []
    with _progress() as bar:
        task = bar.add_task("Commits", total=total, completed=skipped)
        for piece in _pieces(clone.commits(base), skipped):
            sent += len(piece)
            body = {
                "repository": name,
                "commits": piece,
                "services": services,
                "cursor": f"{base}:{skipped + sent}",
                "total": total,
            }
            problems += api.post("/backfills/git", body)["problems"]
            bar.advance(task, len(piece))
    deployed = [{**one, "service": services[0]} for one in clone.tagged(tags)] if tags else []
    for first in range(0, max(len(deployed), 1), PIECE):
        some = deployed[first : first + PIECE]
        body = {"repository": name, "deployments": some, "services": services, "cursor": f"{head}:0", "finished": True}
        problems += api.post("/backfills/git", body)["problems"]
    return {
        "repository": name, "sent": sent, "total": total, "deployments": len(deployed),
        "problems": list(dict.fromkeys(problems)),
    }  # fmt: skip


def _pieces(commits: Iterator[dict[str, Any]], skipped: int) -> Iterator[list[dict[str, Any]]]:
    piece: list[dict[str, Any]] = []
    for number, commit in enumerate(commits):
        if number < skipped:
            continue
        piece.append(commit)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True)
