"""Links one service's deployments to what they carried, from everything that was told, whatever order it came in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from roadbed.delivery.changes.linking.rules import owning
from roadbed.delivery.changes.linking.rules.matching import Requests, matched, shas_in
from roadbed.delivery.changes.linking.rules.owning import Owned
from roadbed.delivery.changes.linking.rules.values import (
    ARTIFACT,
    FIRST,
    GIT,
    GITOPS,
    GRAPH,
    TOLD,
    Built,
    Carried,
    Deployed,
    Link,
)
from roadbed.delivery.changes.linking.rules.walking import Graph, Walk, between

SURE, PUSHED, TAGGED, FILED, BUMPED, PARTLY, PATHLESS = 1.0, 0.9, 0.9, 0.9, 0.8, 0.5, 0.7
"""How far each kind of evidence is believed; weaker ones multiply."""
MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class World:
    """What is known that can concern a service's deployments, by repository.

    `configuration` are graphs of repositories that are not the service's own, whose commits bump its version;
    `others` what other services are called, whose files lie in the same repositories.
    """

    graphs: Mapping[str, Graph] = field(default_factory=dict)
    requests: Mapping[str, Requests] = field(default_factory=dict)
    built: Mapping[str, Built] = field(default_factory=dict)
    configuration: Mapping[str, Graph] = field(default_factory=dict)
    others: frozenset[str] = frozenset()


@dataclass(slots=True)
class Past:
    """What was before the deployments that are linked: the last of them, and what was live of each repository."""

    before: Deployed | None = None
    live: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A commit of the service's own code that a deployment runs, with why it is believed."""

    repository: str
    sha: str
    method: str
    confidence: float
    words: str


def link_all(
    service: Owned,
    deployments: Iterable[Deployed],
    world: World,
    *,
    settled: Container[str] = (),
    past: Past | None = None,
) -> dict[str, Link]:
    """The link of every deployment of one service in one environment, by uid, but for those that are settled.

    `past` is what was before them, and is brought to what they leave behind; without it the first is the very first.
    """
    ordered = sorted(deployments, key=lambda one: (one.at, one.uid))
    links: dict[str, Link] = {}
    past = past or Past()
    for one in ordered:
        found = _resolved(service, one, past.before, world)
        if one.uid not in settled:
            links[one.uid] = _link(service, one, found, past.live, world, first=past.before is None)
        past.live |= {each.repository: each.sha for each in found}
        past.before = one
    return links


def _link(
    service: Owned, one: Deployed, found: Sequence[_Found], live: Mapping[str, str], world: World, *, first: bool
) -> Link:
    resolved = tuple((each.repository, each.sha) for each in found)
    if one.listed:
        return Link(TOLD, SURE, ("the report lists them",), None, resolved)
    if first:
        return Link(FIRST, None, ("no deployment was told before it",), None, resolved)
    if not found:
        return Link("", None, (_missing(service, one, world),), None, resolved)
    walks = [(each, _walk(each, live, world)) for each in found]
    known = [(each, walk) for each, walk in walks if walk is not None]
    if not known:
        return Link("", None, tuple(_unwalked(each, live) for each in found), None, resolved)
    parts = [_carried(service, each, walk, world) for each, walk in known]
    lost = [_unwalked(each, live) for each, walk in walks if walk is None]
    confidence = min(part.confidence for part in parts) * (PARTLY if lost else 1.0)
    commits = sorted(
        (commit for part in parts for commit in part.commits),
        key=lambda each: (each.commit.committed_at, each.commit.sha),
        reverse=True,
    )
    methods = {part.method for part in parts}
    method = next(name for name in (GITOPS, ARTIFACT, GRAPH, GIT) if name in methods)
    evidence = tuple(dict.fromkeys(words for part in parts for words in part.words)) + tuple(lost)
    return Link(method, round(confidence, 2), evidence, tuple(commits[:MOST]), resolved)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one repository gave."""

    method: str
    confidence: float
    words: tuple[str, ...]
    commits: tuple[Carried, ...]


def _walk(found: _Found, live: Mapping[str, str], world: World) -> Walk | None:
    graph, old = world.graphs.get(found.repository), live.get(found.repository, "")
    return None if graph is None or not old else between(graph, old=old, new=found.sha)


def _carried(service: Owned, found: _Found, walk: Walk, world: World) -> _Part:
    graph = world.graphs[found.repository]
    if walk.back:
        return _Part(found.method, found.confidence, (found.words, "the version goes back to an earlier one"), ())
    exact = graph.told_by_git(walk.shas)
    confidence = found.confidence * (SURE if exact else PUSHED) * (SURE if walk.whole else PARTLY)
    count = len(walk.shas)
    words = [found.words, f"{count} {'commit' if count == 1 else 'commits'} since the version before"]
    if not walk.whole:
        words.append("history has a gap, so that it may have carried less")
    paths = service.paths.get(found.repository, ())
    shas: Sequence[str] = walk.shas
    if paths:
        pathless = [sha for sha in shas if graph.commits[sha].paths is None]
        shas = [sha for sha in shas if _touches(graph, sha, paths)]
        words.append(f"{len(shas)} of them in {', '.join(one.rstrip('/') for one in paths)}")
        if pathless:
            confidence *= PATHLESS
            words.append(f"the files of {len(pathless)} are not known")
    commits = matched(found.repository, shas, graph, world.requests.get(found.repository, Requests()))
    ways = dict.fromkeys(one.how for one in commits if one.how)
    words += [f"{sum(one.how == how for one in commits)} by {how}" for how in ways]
    method = found.method if found.method in (ARTIFACT, GITOPS) else (GIT if exact else GRAPH)
    return _Part(method, confidence, tuple(words), commits)


def _touches(graph: Graph, sha: str, paths: tuple[str, ...]) -> bool:
    changed = graph.commits[sha].paths
    # What nobody told the files of may be the service's; it is kept, and the confidence says so.
    return changed is None or owning.owns(paths, changed)


def _resolved(service: Owned, one: Deployed, before: Deployed | None, world: World) -> tuple[_Found, ...]:
    """The commits of the service's own code that a deployment runs, at most one of each repository."""
    found: dict[str, _Found] = {}
    for each in (
        *_told(service, one, world),
        *_of_artifacts(service, one, world),
        *_bumped(service, one, before, world),
    ):
        known = found.get(each.repository)
        if known is None or known.confidence < each.confidence:
            found[each.repository] = each
    return tuple(found[name] for name in sorted(found))


def _told(service: Owned, one: Deployed, world: World) -> Iterable[_Found]:
    for repository, commit in one.commits:
        if repository and repository not in service.paths:
            continue
        for name in [repository] if repository else sorted(service.paths):
            graph = world.graphs.get(name, Graph())
            if sha := graph.resolve(commit):
                yield _Found(name, sha, GRAPH, SURE, f"it names the commit {sha[:8]}")


def _of_artifacts(service: Owned, one: Deployed, world: World) -> Iterable[_Found]:
    for artifact in one.artifacts:
        built = world.built.get(owning.digest_of(artifact)) or world.built.get(artifact)
        if built is not None:
            yield from _of_build(service, artifact, built, world)
            continue
        for name in sorted(service.paths):
            graph = world.graphs.get(name, Graph())
            for sha in filter(None, map(graph.resolve, shas_in(owning.tag_of(artifact)))):
                yield _Found(name, sha, ARTIFACT, TAGGED, f"the tag of {artifact[:80]} names the commit {sha[:8]}")


def _of_build(service: Owned, artifact: str, built: Built, world: World) -> Iterable[_Found]:
    for name in [built.repository] if built.repository in service.paths else sorted(service.paths):
        graph, requests = world.graphs.get(name, Graph()), world.requests.get(name, Requests())
        requests.load([built.change] if built.change else [], [])
        change = requests.by_number.get(built.change)
        commit = built.commit or (change.merge if change else "")
        if commit and (sha := graph.resolve(commit)):
            short = (owning.digest_of(artifact) or artifact)[:20]
            yield _Found(name, sha, ARTIFACT, SURE, f"the artifact {short} was built of {sha[:8]}")


def _bumped(service: Owned, one: Deployed, before: Deployed | None, world: World) -> Iterable[_Found]:
    """GitOps: the deployed commit is of a configuration repository, and its words name the code's."""
    older = dict(before.commits) if before else {}
    for repository, commit in one.commits:
        configuration = world.configuration.get(repository)
        if configuration is None or repository in service.paths:
            continue
        new, old = configuration.resolve(commit), configuration.resolve(older.get(repository, ""))
        walk = between(configuration, old=old, new=new) if new and old else None
        shas = walk.shas if walk else (new,) if new else ()
        configuration.load(shas)
        # The newest bump counts: what it names is what runs.
        for bump in shas:
            said = configuration.commits[bump]
            file = _file_of(service, said.paths or (), world.others)
            hits = list(_named_in(service, f"{said.subject}\n{said.body}", world)) if file is not None else []
            if len(hits) == 1:
                name, sha = hits[0]
                words = f"{bump[:8]} in {repository} bumps it to {sha[:8]}"
                yield _Found(
                    name, sha, GITOPS, FILED if file else BUMPED, f"{words} in {file[:120]}" if file else words
                )  # fmt: skip
                break


def _file_of(service: Owned, paths: Sequence[str], others: frozenset[str]) -> str | None:
    """The changed file that is the service's by a folder or a file of its name, as of manifests and values.

    Empty where none is anybody's, or nobody told the files; None where they are other services' alone.
    """
    foreign = False
    for path in paths:
        parts = {part.lower() for part in path.split("/")} | {path.rpartition("/")[2].partition(".")[0].lower()}
        if parts & service.names:
            return path
        foreign = foreign or bool(parts & others)
    return None if foreign else ""


def _named_in(service: Owned, text: str, world: World) -> Iterable[tuple[str, str]]:
    for name in sorted(service.paths):
        graph = world.graphs.get(name, Graph())
        for sha in dict.fromkeys(filter(None, map(graph.resolve, shas_in(text)))):
            yield name, sha


def _missing(service: Owned, one: Deployed, world: World) -> str:
    known = [name for name in service.paths if name in world.graphs and world.graphs[name].known]
    named = ", ".join(commit[:8] for _, commit in one.commits if commit) or ", ".join(one.artifacts[:2])
    if not named:
        return "it names neither a commit nor an artifact: have the sender tell one"
    if not known:
        where = ", ".join(sorted(service.paths)[:3]) or "any repository"
        return f"no commit of {where} was told: add its webhook, or `roadbed source backfill git PATH`"
    return f"{named[:100]} is no commit that was told of {', '.join(known[:3])}: `roadbed source backfill git PATH`"


def _unwalked(found: _Found, live: Mapping[str, str]) -> str:
    old = live.get(found.repository)
    if not old:
        return f"the version before {found.sha[:8]} is not known in {found.repository}"
    return f"nothing leads from {old[:8]} to {found.sha[:8]} in {found.repository}: `roadbed source backfill git PATH`"


def with_commits(link: Link, commits: Sequence[Carried]) -> Link:
    """A link whose commits Git itself told, where what was pushed had none."""
    words = f"{len(commits)} {'commit' if len(commits) == 1 else 'commits'} since the version before"
    return replace(link, method=GIT, confidence=SURE, commits=tuple(commits), evidence=("read from the clone", words))
