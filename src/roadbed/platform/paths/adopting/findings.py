"""The values of adopting: what was read of a repository, and what is proposed, each with its evidence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

HIGH: Final = "high"
MEDIUM: Final = "medium"
LOW: Final = "low"
CONFIDENCES: Final = (HIGH, MEDIUM, LOW)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote how many of the latest commits."""

    name: str
    email: str
    commits: int


@dataclass(frozen=True, slots=True)
class Group:
    """A team that the catalogue knows, with what its members and itself are called elsewhere."""

    name: str
    emails: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listing:
    """What was read of a repository: every path, and the text of those that say something.

    Attributes:
        name: what the repository is called.
        files: every path at the commit that was read.
        contents: path to text, for the files worth reading.
        authors: of the latest commits.
        groups: teams of the catalogue; empty when it could not be asked.
    """

    name: str
    files: tuple[str, ...]
    contents: Mapping[str, str]
    authors: tuple[Author, ...] = ()
    groups: tuple[Group, ...] = ()

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        """Numbered lines of a file; none where it was not read."""
        return enumerate(self.contents.get(path, "").splitlines(), start=1)

    def first_line(self, path: str, pattern: re.Pattern[str]) -> tuple[Evidence, re.Match[str]] | None:
        """The first line of a file that the pattern finds."""
        for number, line in self.lines(path):
            if found := pattern.search(line):
                return Evidence(path, number, line.strip()[:160]), found
        return None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was seen."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that adopting would write, why, and how sure the reading is."""

    field: str
    value: str
    confidence: str
    why: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person has to decide or mend. A blocking one stops the adoption."""

    detail: str
    remedy: str
    evidence: tuple[Evidence, ...] = ()
    is_blocking: bool = False


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """A file as it would be; `before` is None where it is new."""

    path: str
    text: str
    before: str | None = None

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        before = (self.before or "").splitlines(keepends=True)
        lines = difflib.unified_diff(
            before,
            self.text.splitlines(keepends=True),
            "/dev/null" if self.before is None else f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Adoption:
    """The whole proposal."""

    name: str
    owner: str
    proposals: tuple[Proposal, ...]
    problems: tuple[Problem, ...]
    files: tuple[ProposedFile, ...] = field(default_factory=tuple)

    @property
    def diff(self) -> str:
        return "".join(file.diff for file in self.files)

    @property
    def is_blocked(self) -> bool:
        return any(problem.is_blocking for problem in self.problems)

    def value(self, wanted: str) -> str:
        """What is proposed for a field; empty when nothing is."""
        return next((proposal.value for proposal in self.proposals if proposal.field == wanted), "")
