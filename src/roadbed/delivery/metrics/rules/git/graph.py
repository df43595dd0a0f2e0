"""What one version has that another has not, over a history of any size and shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from roadbed.delivery.metrics.rules.git.log import Logged

_NEW, _OLD, _BOTH = 1, 2, 3


@dataclass(slots=True)
class Graph:
    """Commits by index, parents always before their children, near in time where the log was in the order of dates.

    Attributes:
        commits: oldest first.
        parents: of each its parents' indices; one that a shallow clone cut off is missing.
        index: by full name.
    """

    commits: list[Logged] = field(default_factory=list)
    parents: list[tuple[int, ...]] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    def carried(self, new: int, old: int | None, *, most: int | None = None) -> list[int] | None:
        """Commits reachable from `new` and not from `old`, newest first, merges included.

        Args:
            new: a version.
            old: the version before it; None for all that `new` has.
            most: give up after so many commits were looked at.

        Returns:
            Their indices; None when given up.
        """
        flags = {new: _NEW}
        heap = [-new]
        waiting = 1
        if old is not None:
            waiting -= new == old
            flags[old] = flags.get(old, 0) | _OLD
            if old != new:
                heappush(heap, -old)
        found: list[int] = []
        looked = 0
        # Children come before parents, so that a commit's flags are complete when its turn comes.
        while waiting:
            at = -heappop(heap)
            looked += 1
            if most is not None and looked > most:
                return None
            flag = flags.pop(at)
            if flag == _NEW:
                waiting -= 1
                found.append(at)
            for parent in self.parents[at]:
                before = flags.get(parent)
                if before is None:
                    flags[parent] = flag
                    heappush(heap, -parent)
                    waiting += flag == _NEW
                elif before | flag != before:
                    waiting -= before == _NEW
                    flags[parent] = before | flag
        return found

    def first_parents(self, tip: int) -> list[int]:
        """The main line up to a commit, newest first."""
        line = [tip]
        while self.parents[line[-1]]:
            line.append(self.parents[line[-1]][0])
        return line


def graph_of(newest_first: Iterable[Logged]) -> Graph:
    """The graph of a log in which no parent comes before its children."""
    commits = list(newest_first)
    commits.reverse()
    index = {one.sha: at for at, one in enumerate(commits)}
    parents = [_known(one.parents, index) for one in commits]
    return Graph(commits, parents, index)


def _known(parents: Sequence[str], index: dict[str, int]) -> tuple[int, ...]:
    if len(parents) == 1:
        at = index.get(parents[0])
        return () if at is None else (at,)
    return tuple(at for one in parents if (at := index.get(one)) is not None)
