"""Finds the change behind a commit that is not the one its author wrote: squashed, rebased, cherry-picked, bumped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from roadbed.delivery.changes.linking.rules.values import Carried, Change, Commit
from roadbed.delivery.changes.linking.rules.walking import Graph, own_commits

_NUMBER: Final = re.compile(
    r"\(#(\d{1,9})\)\s*$|^Merge pull request #(\d{1,9})\b|^Merged in .{1,200}\(pull request #(\d{1,9})\)"
)
_GITLAB: Final = re.compile(r"See merge request (?:[\w./-]{1,200})?!(\d{1,9})")
_PICKED: Final = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,64})\)")
_SHA: Final = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*\d)([0-9a-f]{7,64})(?![0-9a-z])")
SQUASHED, REBASED, MERGED, PICKED, PLAIN = "squash", "rebase", "merge", "cherry-pick", ""


@dataclass(frozen=True, slots=True)
class Requests:
    """The merged requests of one repository, by number and by the commit that entered the base.

    Of a large repository they are those that somebody asked for, and `load` gets those of more numbers and commits.
    """

    by_number: Mapping[str, Change] = field(default_factory=dict)
    by_merge: Mapping[str, Change] = field(default_factory=dict)
    load: Callable[[Iterable[str], Iterable[str]], None] = field(
        default=lambda _, __: None, compare=False, repr=False
    )  # fmt: skip


def requests_of(changes: Iterable[Change]) -> Requests:
    """The index."""
    listed = tuple(changes)
    return Requests({one.number: one for one in listed if one.number}, {one.merge: one for one in listed if one.merge})


def number_in(commit: Commit) -> str:
    """The request that a commit names in the words of its code host; empty where it names none."""
    found = _NUMBER.search(commit.subject)
    if found:
        return next(one for one in found.groups() if one)
    gitlab = _GITLAB.search(commit.body)
    return gitlab[1] if gitlab else ""


def picked_from(commit: Commit) -> str:
    """The commit that this one was cherry-picked from with `-x`; the last where it was picked again."""
    found = _PICKED.findall(commit.body)
    return str(found[-1]) if found else ""


def shas_in(text: str) -> tuple[str, ...]:
    """What may be names of commits in a text: in bumps, tags, versions."""
    return tuple(dict.fromkeys(_SHA.findall(text.lower())))


def matched(repository: str, shas: Iterable[str], graph: Graph, requests: Requests) -> tuple[Carried, ...]:
    """Each commit with the change that it is of and when that change's first commit was written."""
    names = list(shas)
    graph.load(names)
    commits = [graph.commits[sha] for sha in names]
    requests.load(filter(None, map(number_in, commits)), names)
    rebased = _rebased(commits, graph, requests)
    found = (_one(repository, commit, graph, requests, rebased) for commit in commits)
    return tuple(_with_times(one, requests.by_number.get(one.change)) for one in found)


def _with_times(one: Carried, change: Change | None) -> Carried:
    """The commit with when its change was reviewed and merged."""
    return one if change is None else replace(one, reviewed_at=change.reviewed_at, merged_at=change.merged_at)


def _one(
    repository: str, commit: Commit, graph: Graph, requests: Requests, rebased: Mapping[str, tuple[Change, Commit]]
) -> Carried:
    origin = picked_from(commit)
    if origin:
        found, number = graph.resolve(origin), number_in(commit)
        graph.load([found] if found else [])
        source = graph.commits.get(found)
        first = source.authored_at if source else None
        change = number if number in requests.by_number else ""
        return Carried(commit, repository, change=change, how=PICKED, origin=origin, first_at=first)
    if commit.sha in rebased:
        rebase, original = rebased[commit.sha]
        return Carried(commit, repository, change=rebase.number, how=REBASED, first_at=original.authored_at)
    request = requests.by_merge.get(commit.sha) or requests.by_number.get(number_in(commit))
    if request is None:
        return Carried(commit, repository, change=number_in(commit))
    parents = graph.before(commit.sha) or ()
    if request.head and (request.head in parents or request.head == commit.sha):
        return Carried(commit, repository, change=request.number, how=MERGED)
    originals = own_commits(graph, request.head, base=parents)
    if originals:
        return Carried(commit, repository, change=request.number, how=SQUASHED, first_at=originals[0].authored_at)
    # Without the branch's commits, the request's opening is the earliest that is known of the change.
    opened = request.opened_at if request.opened_at and request.opened_at < commit.authored_at else None
    return Carried(commit, repository, change=request.number, how=SQUASHED if request.head else PLAIN, first_at=opened)


def _rebased(commits: list[Commit], graph: Graph, requests: Requests) -> dict[str, tuple[Change, Commit]]:
    """Commits that a request's branch had under other names: each with the same words by the same author."""
    here = {one.sha: one for one in commits}
    found: dict[str, tuple[Change, Commit]] = {}
    base = sorted({parent for sha in here for parent in graph.before(sha) or () if parent not in here})
    for merge, entered in here.items():
        change = requests.by_merge.get(merge)
        if change is None or not change.head or change.head == merge or picked_from(entered):
            continue
        originals = [one for one in own_commits(graph, change.head, base=base) if one.sha not in here]
        copies = {
            (one.subject, one.author): one for one in commits if one.sha not in requests.by_merge or one.sha == merge
        }
        pairs = [(copies.get((one.subject, one.author)), one) for one in originals]
        # A squash of one commit keeps its words as well; there the merge commit alone is the copy.
        if len(originals) > 1 and all(copy is not None for copy, _ in pairs):
            found |= {copy.sha: (change, one) for copy, one in pairs if copy is not None}
    return found
