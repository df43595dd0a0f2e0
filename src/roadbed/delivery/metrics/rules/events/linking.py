"""Which changes each deployment of a file carried: told with it, by artifact, by chain of events, by commit."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from roadbed.delivery.metrics.rules.changes import Changes, ChangeTold, Ref, changes_of, commit_of
from roadbed.delivery.metrics.rules.events.values import Heard
from roadbed.delivery.metrics.rules.values import Commit, Deployment

MOST_IN_A_CHAIN: Final = 50
"""A longer chain is no chain of one delivery."""


@dataclass(slots=True)
class Artifacts:
    """What artifacts were made of, and when."""

    changes: dict[str, set[Ref]] = field(default_factory=lambda: defaultdict(set))
    made_at: dict[str, datetime] = field(default_factory=dict)
    by_package: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ordered: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)

    def add(self, artifact: str, at: datetime, changes: Iterable[Ref]) -> None:
        """One telling of an artifact; the earliest is when it was made."""
        self.changes[artifact] |= set(changes)
        self.made_at[artifact] = min(at, self.made_at.get(artifact, at))
        self.by_package[_package(artifact)].add(artifact)

    def between(self, before: str, after: str) -> list[str]:
        """Artifacts of the same package made after one and up to another, which replaces them all when it goes live."""
        if before not in self.made_at or after not in self.made_at or _package(before) != _package(after):
            return [after] if after in self.made_at else []
        made = self._in_order(_package(after))
        first = bisect_right(made, self.made_at[before], key=lambda one: one[0])
        last = bisect_right(made, self.made_at[after], key=lambda one: one[0])
        return [artifact for _, artifact in made[first:last]]

    def _in_order(self, package: str) -> list[tuple[datetime, str]]:
        """Asked once all are told."""
        if package not in self.ordered:
            self.ordered[package] = sorted((self.made_at[one], one) for one in self.by_package[package])
        return self.ordered[package]


def _package(artifact: str) -> str:
    return artifact.rpartition("@")[0] or artifact


@dataclass(slots=True)
class Known:
    """All that a file tells of changes and artifacts."""

    changes: Changes
    artifacts: Artifacts
    chains: Mapping[str, set[Ref]]
    contexts: Mapping[str, Heard]


def known_of(heard: Sequence[Heard]) -> Known:
    """What the events of a file tell, in whatever order."""
    told: list[ChangeTold] = []
    artifacts = Artifacts()
    chains: dict[str, set[Ref]] = defaultdict(set)
    for one in heard:
        refs: tuple[Ref, ...] = ()
        if one.change is not None:
            told.append(one.change)
            refs = (one.change.ref,)
        if one.packaged is not None:
            artifacts.add(one.packaged.artifact, one.packaged.at, one.packaged.changes)
            refs = one.packaged.changes
        if one.chain:
            chains[one.chain].update(refs)
    return Known(changes_of(told), artifacts, chains, {one.context: one for one in heard if one.context})


def linked(ordered: Sequence[Deployment], told: Mapping[str, Sequence[Heard]], known: Known) -> list[Deployment]:
    """The deployments of one service, oldest first, with the commits that each carried; None where nobody can tell."""
    found: list[Deployment] = []
    order: dict[str, int] = {}
    for one in ordered:
        before = found[-1] if found else None
        commits = None
        if not one.rolled_back:
            heard = told.get(one.uid, ())
            commits = _told(heard, known)
            if commits is None:
                commits = () if before and _brings_nothing(one, before, order) else _found(one, before, heard, known)
        order.setdefault(one.commit, len(order))
        found.append(replace(one, commits=commits))
    return found


def _brings_nothing(one: Deployment, live: Deployment, order: Mapping[str, int]) -> bool:
    """The live version again, or one that was live before it."""
    return one.commit in order and live.commit in order and order[one.commit] <= order[live.commit]


def _told(heard: Sequence[Heard], known: Known) -> tuple[Commit, ...] | None:
    told = next((each.commits for each in reversed(heard) if each.commits is not None), None)
    return None if told is None else tuple(known.changes.enriched(commit) for commit in told)


def _found(
    one: Deployment, before: Deployment | None, heard: Sequence[Heard], known: Known
) -> tuple[Commit, ...] | None:
    refs = {ref for each in heard for ref in each.changes}
    refs = refs or _by_artifact(one, before, known) or _by_chain(heard, known)
    found = [change for ref in refs if (change := known.changes.of(ref)) is not None]
    if not found and one.commit and (change := known.changes.by_sha.get(one.commit[:12])):
        found = [change]
    if not found:
        # A change of which nothing else was heard is one all the same, with no lead time.
        return tuple(Commit(ref.change, "", change=ref.change) for ref in _sorted(refs)) or None
    return tuple(commit_of(change) for change in _newest_first(found))


def _sorted(refs: Iterable[Ref]) -> list[Ref]:
    return sorted(refs, key=lambda ref: (ref.repository, ref.change))


def _newest_first(changes: Iterable[ChangeTold]) -> list[ChangeTold]:
    unique = {(one.ref.repository, one.ref.change): one for one in changes}
    return [unique[key] for key in sorted(unique, key=lambda key: (_when(unique[key]), key), reverse=True)]


def _when(change: ChangeTold) -> float:
    at = change.merged_at or change.created_at
    return at.timestamp() if at else 0.0


def _by_artifact(one: Deployment, before: Deployment | None, known: Known) -> set[Ref]:
    if not one.artifact:
        return set()
    made = known.artifacts.between(before.artifact if before else "", one.artifact) or [one.artifact]
    return {ref for artifact in made for ref in known.artifacts.changes.get(artifact, ())}


def _by_chain(heard: Sequence[Heard], known: Known) -> set[Ref]:
    found: set[Ref] = set()
    for one in heard:
        in_chain = known.chains.get(one.chain, set())
        if len(in_chain) <= MOST_IN_A_CHAIN:
            found |= in_chain
        found |= _followed(one, known)
    return found


def _followed(one: Heard, known: Known) -> set[Ref]:
    """Changes that links lead back to, over whatever lies between."""
    found: set[Ref] = set()
    waiting, been = list(one.linked), set[str]()
    while waiting and len(been) < MOST_IN_A_CHAIN:
        context = waiting.pop()
        other = known.contexts.get(context)
        if other is None or context in been:
            continue
        been.add(context)
        if other.change is not None:
            found.add(other.change.ref)
        if other.packaged is not None:
            found |= set(other.packaged.changes)
        waiting += other.linked
    return found
