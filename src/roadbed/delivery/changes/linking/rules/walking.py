"""Walks the graph of commits: what a version carries that the one before it did not."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from roadbed.delivery.changes.linking.rules.values import Commit

SHORTEST = 7


@dataclass(frozen=True, slots=True)
class Graph:
    """The commits of one repository that are known, and what comes before each.

    Attributes:
        commits: by full name; of a large repository those that somebody asked for, and `load` gets more.
        edges: parents that pushes tell of; Git's own come before them.
        parents: Git's own of every commit that is known, None where only a push told of it; without it those that
            stand in the commits.
        depths: how far each is from where history begins, reckoned when it is first asked for.
        names: full names in order and others that edges name, made when they are first asked for.
        load: has these commits ready, where they are not all there.
    """

    commits: Mapping[str, Commit] = field(default_factory=dict)
    edges: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...] | None] | None = None
    depths: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
    names: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    load: Callable[[Sequence[str]], None] = field(default=lambda _: None, compare=False, repr=False)

    @property
    def known(self) -> Mapping[str, object]:
        """All commits that are known, by full name."""
        return self.commits if self.parents is None else self.parents

    def resolve(self, name: str) -> str:
        """The full name of a commit that may be shortened; empty where it is unknown or stands for several."""
        if name in self.known:
            return name
        if len(name) < SHORTEST or len(name) >= 40:  # noqa: PLR2004 - Git's full name
            return ""
        if len(self.names.get("sorted", ())) != len(self.known):
            self.names["sorted"] = sorted(self.known)
        ordered = self.names["sorted"]
        place = bisect_left(ordered, name)
        found = [sha for sha in ordered[place : place + 2] if sha.startswith(name)]
        return found[0] if len(found) == 1 else ""

    def names_of(self, sha: str) -> bool:
        """Whether it is known, if only by name: as where a branch stood before its first push that was told."""
        if sha in self.known:
            return True
        if "before" not in self.names:
            self.names["before"] = {parent for parents in self.edges.values() for parent in parents}
        return sha in self.names["before"]

    def before(self, sha: str) -> tuple[str, ...] | None:
        """What a commit follows; None where nobody told."""
        own = self._own(sha)
        if own is not None:
            return own
        found = self.edges.get(sha)
        return None if found is None else tuple(sorted(found))

    def _own(self, sha: str) -> tuple[str, ...] | None:
        if self.parents is not None:
            return self.parents.get(sha)
        commit = self.commits.get(sha)
        return None if commit is None else commit.parents

    def told_by_git(self, shas: Iterable[str]) -> bool:
        """Whether Git itself told of all of these."""
        return all(self._own(sha) is not None for sha in shas)


@dataclass(frozen=True, slots=True)
class Walk:
    """What lies between two versions.

    Attributes:
        shas: what the newer one has and the older lacks, newest first as far as dates tell.
        whole: whether every way ended where it should: at what the older one has, or at the first commit.
        back: whether the version goes back to one that the live one has already.
    """

    shas: tuple[str, ...]
    whole: bool
    back: bool = False


def _depth(graph: Graph, sha: str) -> int:
    """The longest way to where history begins; a commit is always deeper than what it follows."""
    waiting = [sha]
    open_ones: set[str] = set()
    while waiting:
        top = waiting[-1]
        if top in graph.depths:
            waiting.pop()
            continue
        parents = graph.before(top) or ()
        missing = [one for one in parents if one not in graph.depths and one not in open_ones]
        if missing and top not in open_ones:
            open_ones.add(top)
            waiting += missing
            continue
        # What is open still can only be its own descendant: pushes that contradict each other make no circle here.
        graph.depths[top] = 1 + max((graph.depths.get(one, -1) for one in parents), default=-1)
        waiting.pop()
    return graph.depths[sha]


def _apart(graph: Graph, new: str, old: Iterable[str]) -> tuple[list[str], bool]:
    """What only `new` reaches, the deepest first, and whether `old` reaches `new`.

    The deepest is looked at first, so that all that follows a commit has been seen before it, and the walk ends where
    both sides meet: history below is never read.
    """
    sides = {new: 1}
    for sha in old:
        sides[sha] = sides.get(sha, 0) | 2
    heap = [(-_depth(graph, sha), sha) for sha in sides]
    heapq.heapify(heap)
    waiting = sum(side == 1 for side in sides.values())
    seen: set[str] = set()
    found: list[str] = []
    while heap and (waiting or new not in seen):
        _, sha = heapq.heappop(heap)
        seen.add(sha)
        side = sides[sha]
        if side == 1:
            waiting -= 1
            found.append(sha)
        for parent in graph.before(sha) or ():
            known = sides.get(parent)
            if known is None:
                heapq.heappush(heap, (-_depth(graph, parent), parent))
            waiting += ((known or 0) | side == 1) - (known == 1) if parent not in seen else 0
            sides[parent] = (known or 0) | side
    return found, sides[new] != 1


def between(graph: Graph, *, old: str, new: str) -> Walk | None:
    """What `new` carries and `old` does not; None where either is unknown. Both are full names."""
    if new not in graph.known or not graph.names_of(old):
        return None
    if old == new:
        return Walk((), whole=True)
    found, back = _apart(graph, new, [old])
    if back:
        return Walk((), whole=True, back=True)
    whole = all(graph.before(sha) is not None for sha in found)
    return Walk(_newest_first(graph, [sha for sha in found if sha in graph.known]), whole=whole)


def _newest_first(graph: Graph, shas: list[str]) -> tuple[str, ...]:
    graph.load(shas)
    return tuple(sorted(shas, key=lambda sha: (graph.commits[sha].committed_at, sha), reverse=True))


def own_commits(graph: Graph, head: str, *, base: Iterable[str]) -> tuple[Commit, ...]:
    """What a branch had of its own: from its head down to what the base has, oldest first."""
    if head not in graph.known:
        return ()
    found, _ = _apart(graph, head, base)
    shas = [sha for sha in found if sha in graph.known]
    graph.load(shas)
    commits = [graph.commits[sha] for sha in shas]
    return tuple(sorted(commits, key=lambda one: (one.authored_at, one.sha)))
