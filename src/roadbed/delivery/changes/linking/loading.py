"""Loads what is known of a service's repositories into the values that the rules of linking read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.linking.rules.linking import World
from roadbed.delivery.changes.linking.rules.matching import Requests, requests_of
from roadbed.delivery.changes.linking.rules.owning import Owned, digest_of
from roadbed.delivery.changes.linking.rules.values import Built, Change, Commit, Deployed
from roadbed.delivery.changes.linking.rules.walking import Graph
from roadbed.delivery.changes.models import SeenArtifact, SeenChange, SeenCommit, SeenEdge

NEWEST: Final = 20_000
"""Commits of a repository that are looked through: what goes live now is among the newest."""
AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads each repository once, however many services live in it."""

    graphs: dict[str, Graph] = field(default_factory=dict)
    requests: dict[str, Requests] = field(default_factory=dict)

    def graph(self, repository: str) -> Graph:
        """The commits of a repository."""
        if repository not in self.graphs:
            self.graphs[repository] = graph_of(repository)
        return self.graphs[repository]

    def merged(self, repository: str) -> Requests:
        """The merged requests of a repository."""
        if repository not in self.requests:
            self.requests[repository] = _requests(repository)
        return self.requests[repository]


def world_for(service: Owned, deployments: Iterable[Deployed], loader: Loader) -> World:
    """Everything that can concern these deployments of the service."""
    told = tuple(deployments)
    others = {name for one in told for name, _ in one.commits if name and name not in service.paths}
    return World(
        graphs={name: loader.graph(name) for name in service.paths},
        requests={name: loader.merged(name) for name in service.paths},
        built=_built({artifact for one in told for artifact in one.artifacts}),
        configuration={name: loader.graph(name) for name in others},
    )


def graph_of(repository: str) -> Graph:
    """The newest commits of a repository, and what comes before each."""
    digest = digest_of_repository(repository)
    rows = SeenCommit.objects.filter(repository=digest).order_by("-committed_at", "sha")[:NEWEST]
    commits = {row.sha: _commit(row) for row in rows.iterator()}
    edges: dict[str, set[str]] = defaultdict(set)
    pairs = SeenEdge.objects.filter(repository=digest).order_by("-id").values_list("child", "parent")
    for child, parent in pairs[: 2 * NEWEST].iterator():
        edges[child].add(parent)
    return Graph(commits, {child: frozenset(parents) for child, parents in edges.items()})


def _commit(row: SeenCommit) -> Commit:
    return Commit(
        sha=row.sha, subject=row.subject, authored_at=row.authored_at, committed_at=row.committed_at, body=row.body,
        author=row.author, bot=row.bot, parents=None if row.parents is None else tuple(row.parents),
        paths=None if row.paths is None else tuple(row.paths),
    )  # fmt: skip


def _requests(repository: str) -> Requests:
    rows = SeenChange.objects.filter(repository=digest_of_repository(repository)).order_by("at", "uid")
    by_number: dict[str, list[SeenChange]] = defaultdict(list)
    for row in rows.iterator():
        by_number[row.number].append(row)
    return requests_of(_change(number, told) for number, told in by_number.items() if _is_merged(told))


def _is_merged(told: list[SeenChange]) -> bool:
    return any(row.state == "merged" for row in told)


def _change(number: str, told: list[SeenChange]) -> Change:
    merged = next(row for row in told if row.state == "merged")
    # Comments of programs are no review.
    reviewed = next((row.at for row in told if row.state == "reviewed" and not row.bot), None)
    opened = next((row.opened_at or row.at for row in told if row.state == "opened"), merged.opened_at)
    return Change(
        number=number, title=merged.title, head=merged.head, merge=merged.merge, author=merged.author,
        opened_at=opened, merged_at=merged.at, reviewed_at=reviewed,
    )  # fmt: skip


def _built(artifacts: set[str]) -> dict[str, Built]:
    names = sorted({name for one in artifacts for name in (one[:300], digest_of(one)) if name})
    found: dict[str, Built] = {}
    for first in range(0, len(names), AT_ONCE):
        rows = SeenArtifact.objects.filter(artifact__in=names[first : first + AT_ONCE]).order_by("at", "uid")
        for row in rows:
            if row.commit or row.change:
                found.setdefault(row.artifact, Built(row.repository, row.commit, row.change))
    return found
