"""The stream of one `git log` read as commits, newest first, while it is still being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

BEGIN: Final = b"\x01"
FIELD: Final = "\x1f"
FORMAT: Final = "%x01%H%x1f%P%x1f%at%x1f%ct%x1f%an <%ae>%x1f%B"
"""What `git log -z --format=` has to be given: the text last, since anything may stand in it."""
LATEST: Final = 4102444800
"""Seconds; the year 2100, after which a clock was not set."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One commit as Git has it. Instants are seconds since 1970; `paths` are empty where they were not asked for."""

    sha: str
    parents: tuple[str, ...]
    authored: int
    committed: int
    author: str
    subject: str
    body: str
    paths: tuple[str, ...] = ()

    @property
    def is_merge(self) -> bool:
        """Whether it has several parents."""
        return len(self.parents) > 1


class NoLogError(ValueError):
    """The stream is no log in the expected format."""


def commits_of(chunks: Iterable[bytes]) -> Iterator[Logged]:
    """Commits from the bytes of `git log -z`, with or without `--name-only`."""
    held: Logged | None = None
    paths: list[str] = []
    for token in _tokens(chunks):
        if token.startswith(BEGIN):
            if held is not None:
                yield _with(held, paths)
            held, paths = _commit(token[1:].decode("utf-8", "replace")), []
        elif path := token.lstrip(b"\n"):
            paths.append(path.decode("utf-8", "replace"))
    if held is not None:
        yield _with(held, paths)


def _tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest.strip():
        yield rest


def _with(commit: Logged, paths: list[str]) -> Logged:
    if not paths:
        return commit
    return Logged(
        commit.sha, commit.parents, commit.authored, commit.committed, commit.author, commit.subject, commit.body,
        tuple(paths),
    )  # fmt: skip


def _commit(text: str) -> Logged:
    parts = text.split(FIELD, 5)
    try:
        sha, parents, authored, committed, author, message = parts
        at, entered = int(authored or 0), int(committed or 0)
    except ValueError:
        shown = text[:60]
        raise NoLogError(shown) from None
    subject, _, body = message.strip("\n").partition("\n")
    return Logged(sha, tuple(parents.split()), at, entered, author, subject.strip(), body.strip())


def instant(seconds: int) -> datetime | None:
    """An instant; None of a clock that was not set, before 1990 or far ahead."""
    return datetime.fromtimestamp(seconds, UTC) if 631152000 <= seconds <= LATEST else None  # noqa: PLR2004
