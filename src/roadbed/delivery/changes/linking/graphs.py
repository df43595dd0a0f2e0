"""What follows what in each repository: kept by the process, and read on from where it had come to."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.linking.rules.values import Commit
from roadbed.delivery.changes.linking.rules.walking import Graph
from roadbed.delivery.changes.models import SeenCommit, SeenEdge

MOST: Final = 400_000
"""Commits whose names and parents stay in memory, about 300 bytes each; of more repositories the one that was asked
for longest ago is read anew."""
ALIVE: Final = 20_000
"""Commits with their words and files that one graph holds at a time."""
AT_ONCE: Final = 400


class Commits(Mapping[str, Commit]):
    """Commits of a repository as they are asked for, some hundred at a time."""

    def __init__(self, digest: str, known: Mapping[str, object]) -> None:
        self._digest, self._known = digest, known
        self._held: dict[str, Commit] = {}

    def load(self, shas: Iterable[str]) -> None:
        """Have these ready."""
        missing = [sha for sha in dict.fromkeys(shas) if sha not in self._held and sha in self._known]
        if len(self._held) + len(missing) > ALIVE:
            self._held.clear()
        for first in range(0, len(missing), AT_ONCE):
            some = SeenCommit.objects.filter(repository=self._digest, sha__in=missing[first : first + AT_ONCE])
            self._held |= {row.sha: _commit(row) for row in some}

    def __getitem__(self, sha: str) -> Commit:
        if sha not in self._held:
            self.load([sha])
        return self._held[sha]

    def __contains__(self, sha: object) -> bool:
        return sha in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _commit(row: SeenCommit) -> Commit:
    return Commit(
        sha=row.sha, subject=row.subject, authored_at=row.authored_at, committed_at=row.committed_at, body=row.body,
        author=row.author, bot=row.bot, parents=None if row.parents is None else tuple(row.parents),
        paths=None if row.paths is None else tuple(row.paths),
    )  # fmt: skip


@dataclass(slots=True)
class _Skeleton:
    """What follows what in one repository, as of positions of facts."""

    parents: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    edges: dict[str, frozenset[str]] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    followed: set[str] = field(default_factory=set)
    commits_to: int = -1
    edges_to: int = -1
    last: str = ""

    def read_on(self, digest: str) -> None:
        """Read what was told since; what stands at the last position is read again, since more may have come of it."""
        rows = SeenCommit.objects.filter(repository=digest, position__gte=self.commits_to)
        told = list(rows.order_by("position").values_list("sha", "parents", "position"))
        edges = SeenEdge.objects.filter(repository=digest, position__gte=self.edges_to)
        more: dict[str, set[str]] = defaultdict(set)
        for child, parent, position in edges.order_by("position").values_list("child", "parent", "position"):
            more[child].add(parent)
            self.edges_to = position
        changed = False
        for sha, parents, position in told:
            own = None if parents is None else tuple(parents)
            changed = changed or self._moves(sha, own)
            self.parents[sha] = own
            self.followed.update(own or ())
            self.commits_to, self.last = position, sha
        for child, some in more.items():
            whole = self.edges.get(child, frozenset()) | some
            changed = changed or (whole != self.edges.get(child) and child in self.depths)
            self.edges[child] = whole
            self.followed |= some
        if changed:
            # Something came below what was reckoned: a commit has to be deeper than what it follows.
            self.depths.clear()
        if more:
            self.names.pop("before", None)

    def is_all_of(self, digest: str) -> bool:
        """Whether the database has as many commits, and the one that was told last."""
        rows = SeenCommit.objects.filter(repository=digest)
        last = not self.last or rows.filter(sha=self.last, position=self.commits_to).exists()
        return last and rows.count() == len(self.parents)

    def _moves(self, sha: str, own: tuple[str, ...] | None) -> bool:
        if sha in self.parents:
            return self.parents[sha] != own
        return sha in self.depths or sha in self.followed


_kept: Final[dict[str, _Skeleton]] = {}
_lock: Final = threading.Lock()


def graph_of(repository: str) -> Graph:
    """All commits of a repository that were told of: what follows what in memory, their words and files on demand."""
    digest = digest_of_repository(repository)
    with _lock:
        found = _kept.pop(digest, None) or _Skeleton()
        found.read_on(digest)
        if not found.is_all_of(digest):
            # The projection was emptied, as before a rebuild, or put back from a copy.
            found = _Skeleton()
            found.read_on(digest)
        _kept[digest] = found
        while len(_kept) > 1 and sum(len(one.parents) for one in _kept.values()) > MOST:
            del _kept[next(iter(_kept))]
    commits = Commits(digest, found.parents)
    return Graph(
        commits=commits, edges=found.edges, parents=found.parents, depths=found.depths, names=found.names,
        load=commits.load,
    )  # fmt: skip
