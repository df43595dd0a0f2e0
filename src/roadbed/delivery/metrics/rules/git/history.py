"""A clone's deployments with what each carried, judged by the same rules as the server's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from roadbed.delivery.metrics.rules.events.assembling import Gathered, History, Owned
from roadbed.delivery.metrics.rules.git.graph import Graph
from roadbed.delivery.metrics.rules.git.log import Logged, instant
from roadbed.delivery.metrics.rules.git.tags import Release
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.texts import number_of
from roadbed.delivery.metrics.rules.values import Commit, Deployment, Judged


@dataclass(frozen=True, slots=True)
class Told:
    """One deployment of the clone as it was judged. `commits` is how many it carried; None for the first."""

    judged: Judged
    tag: str
    commits: int | None


@dataclass(frozen=True, slots=True)
class Cloned:
    """What a clone tells.

    Attributes:
        gathered: its services' histories.
        told: all deployments, oldest first.
        carried: commits of each deployment but the first ones, by the deployment's uid.
    """

    gathered: Gathered
    told: tuple[Told, ...]
    carried: Mapping[str, int] = field(default_factory=dict)


def cloned(
    graph: Graph, releases: Sequence[Release], paths: Mapping[str, Sequence[str]], *, end: datetime | None
) -> Cloned:
    """Judge a clone's deployments.

    Args:
        graph: its commits; with their paths where `paths` are given.
        releases: deployments, oldest first.
        paths: where a service's files are; a service without any has every commit.
        end: the last instant that is known, where that is after the last deployment.
    """
    by_service: dict[str, list[Release]] = defaultdict(list)
    for one in releases:
        by_service[one.service].append(one)
    histories, told = [], []
    for service in sorted(by_service):
        deployments = _deployments(graph, service, by_service[service], tuple(paths.get(service, ())))
        judged = judge(deployments, ())
        told += [Told(verdict, verdict.version, None if verdict.first else one.commit_count) for verdict, one in
                 zip(judged, sorted(deployments, key=lambda one: (one.at, one.uid)), strict=True)]  # fmt: skip
        histories.append(History(service, service, Owned(), judged, (), judged[0].at))
    instants = [one.at for one in releases]
    gathered = Gathered(
        histories=tuple(histories),
        homeless=(),
        begin=min(instants, default=None),
        end=max((*instants, *((end,) if end else ()))) if instants else None,
    )
    told.sort(key=lambda one: (one.judged.at, one.judged.uid))
    carried = {one.judged.uid: one.commits for one in told if one.commits is not None}
    return Cloned(gathered, tuple(told), carried)


def _deployments(graph: Graph, service: str, releases: Sequence[Release], paths: tuple[str, ...]) -> list[Deployment]:
    found: list[Deployment] = []
    live: int | None = None
    for number, one in enumerate(releases):
        new = graph.index[one.target]
        indices = graph.carried(new, live) or []
        back = live is not None and new != live and not indices
        own = [at for at in indices if not paths or _touches(graph.commits[at], paths)]
        # A merge says nothing that its commits do not say, but for its number.
        commits = tuple(_commit(graph.commits[at]) for at in own if not graph.commits[at].is_merge)
        found.append(
            Deployment(
                uid=f"{number:06} {one.tag}",
                service_uid=service,
                service=service,
                at=one.at,
                version=one.tag,
                commit=one.target,
                rolled_back=back,
                commits=None if back else commits,
                # Commits by path are fewer than the graph's, so their number says nothing of ancestors.
                commit_count=None if back or new == live else max(1, len(commits)),
                by="git",
            )
        )
        live = new
    return found


def _touches(commit: Logged, paths: tuple[str, ...]) -> bool:
    return any(path.startswith(paths) for path in commit.paths)


def _commit(one: Logged) -> Commit:
    return Commit(
        sha=one.sha,
        subject=one.subject,
        authored_at=instant(one.authored),
        committed_at=instant(one.committed),
        body=one.body,
        author=one.author,
        change=number_of(one.subject),
    )
