"""Loads what is known of a service's repositories into the values that the rules of linking read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from roadbed.delivery.changes.linking.graphs import graph_of
from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.linking.rules.linking import World
from roadbed.delivery.changes.linking.rules.matching import Requests, requests_of
from roadbed.delivery.changes.linking.rules.owning import Owned, digest_of
from roadbed.delivery.changes.linking.rules.values import Built, Change, Deployed
from roadbed.delivery.changes.linking.rules.walking import Graph
from roadbed.delivery.changes.models import SeenArtifact, SeenChange

AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads each repository once, however many services live in it; `others` are the names of all services."""

    others: Mapping[str, frozenset[str]] = field(default_factory=dict)
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
        others=frozenset(name for uid, names in loader.others.items() if uid != service.uid for name in names),
    )


def _requests(repository: str) -> Requests:
    """The merged requests of a repository, as they are asked for."""
    digest = digest_of_repository(repository)
    by_number: dict[str, Change] = {}
    by_merge: dict[str, Change] = {}
    asked: set[str] = set()

    def load(numbers: Iterable[str], merges: Iterable[str]) -> None:
        wanted = set(numbers)
        for some in _portions(merges):
            told = SeenChange.objects.filter(repository=digest, state="merged", merge__in=some)
            wanted |= set(told.values_list("number", flat=True))
        wanted -= asked
        asked.update(wanted)
        for some in _portions(wanted):
            rows: dict[str, list[SeenChange]] = defaultdict(list)
            for row in SeenChange.objects.filter(repository=digest, number__in=some).order_by("at", "uid"):
                rows[row.number].append(row)
            found = requests_of(_change(number, told) for number, told in rows.items() if _is_merged(told))
            by_number.update(found.by_number)
            by_merge.update(found.by_merge)

    return Requests(by_number, by_merge, load)


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    told = sorted(set(names))
    for first in range(0, len(told), AT_ONCE):
        yield told[first : first + AT_ONCE]


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
