"""The changes that count for lead time, in columns: one for each change that is known as such, else for each commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.columnar.taking import Commits, Deployments
from roadbed.delivery.metrics.rollups.columns import NEVER, Ints
from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.bots import is_bot
from roadbed.delivery.metrics.rules.values import Commit

_SECOND: Final = 1_000_000
_EARLIEST: Final = -NEVER
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of all deployments in their order.

    Attributes:
        place: of each the place of its deployment.
        newest: of each the place of the commit that names it.
        seconds, marks: as in `rollups.columns`.
    """

    place: Ints
    newest: Ints
    seconds: Floats
    marks: Floats
    bot: NDArray[np.bool_]


def changes_of(deployments: Deployments, *, asked: Sequence[bool]) -> Changes:
    """The changes that each deployment brought last, where that is asked."""
    commits = deployments.commits
    kept = np.array(asked, bool)[deployments.owners] if len(commits.sha) else np.zeros(0, bool)
    kept &= _arrived(deployments)
    kept[_left_out(commits)] = False
    places = np.flatnonzero(kept)
    first, group = _grouped(deployments, places)
    return _timed(deployments, places, first, group)


def _arrived(deployments: Deployments) -> NDArray[np.bool_]:
    """Whether no later deployment carried the same commit: one that was rolled back and came again arrived then."""
    owner, keys = deployments.owner, deployments.commits.keys
    latest = dict(zip(keys, owner, strict=True))
    if len(latest) == len(keys):
        return np.ones(len(keys), bool)
    return np.array([latest[key] == place for key, place in zip(keys, owner, strict=True)], bool)


def _left_out(commits: Commits) -> list[int]:
    """Merges, which carry what others wrote, and commits that take something back."""
    first = commits.times.get("first_commit_at")
    merges = [place for place, one in enumerate(commits.subject) if one[:5] == "Merge"]
    found = [at for at in merges if texts.is_merge(_of(commits, at)) and (first is None or first[at] == NEVER)]
    return found + [at for at in commits.may_take_back if texts.undone_by(_of(commits, at)) is not None]


def _of(commits: Commits, place: int) -> Commit:
    """What the texts alone say."""
    return Commit("", commits.subject[place], body=commits.body[place] if commits.body else "")


def _grouped(deployments: Deployments, places: Ints) -> tuple[Ints, Ints]:
    """Of each group the first commit, and of each commit its group, numbered as they first appear."""
    commits, owner = deployments.commits, deployments.owner
    at = places.tolist()
    names: list[Any] = [commits.change[one] or commits.sha[one] for one in at] if commits.change else commits.sha
    if len(set(names)) == len(names):
        return places, np.arange(len(places))
    if commits.change is None:
        names = [(owner[one], commits.sha[one]) for one in at]
    else:
        change, sha = commits.change, commits.sha
        names = [(owner[one], f"change {change[one]}" if change[one] else sha[one]) for one in at]
    numbers: dict[tuple[int, str], int] = {}
    group = [numbers.setdefault(name, len(numbers)) for name in names]
    if len(numbers) == len(names):
        return places, np.arange(len(places))
    told = np.array(group, np.int64)
    _, first = np.unique(told, return_index=True)
    return places[first], told


def _timed(deployments: Deployments, places: Ints, first: Ints, group: Ints) -> Changes:
    times, count, alone = deployments.commits.times, len(first), len(first) == len(places)

    def over(name: str, extreme: np.ufunc, unknown: int) -> Ints:
        """The extreme of each group's known instants, or `unknown`."""
        if name not in times:
            return np.full(count, unknown, np.int64)
        told = times[name][places]
        told = np.where(told == NEVER, unknown, told)
        if alone:
            return told
        found = np.full(count, unknown, np.int64)
        extreme.at(found, group, told)
        return found

    # A rebase moves the committer's date and a skewed clock either one; the earliest is when the work began.
    began = np.minimum.reduce([
        over(name, np.minimum, NEVER) for name in ("first_commit_at", "authored_at", "committed_at")
    ])  # fmt: skip
    owner = deployments.owners[first]
    at, started = deployments.at[owner], deployments.started[owner]
    known = (began != NEVER) & (began <= at)
    since = np.where(known, began, 0)
    seconds = np.where(known, (at - since) / _SECOND, np.nan)
    marks = np.full((3, count), np.nan)
    reached = np.zeros(count)
    told = (over("reviewed_at", np.maximum, _EARLIEST), over("merged_at", np.maximum, _EARLIEST), started)
    for number, mark in enumerate(told):
        there = known & (mark != _EARLIEST) & (mark != NEVER)
        value = np.where(there, (np.where(there, mark, 0) - since) / _SECOND, np.nan)
        # One that a clock puts elsewhere is unknown.
        fine = there & (value >= reached) & (value <= seconds)
        marks[number] = np.where(fine, value, np.nan)
        reached = np.where(fine, value, reached)
    return Changes(owner, first, seconds, marks, _bots(deployments.commits, places, group, count))


def _bots(commits: Commits, places: Ints, group: Ints, count: int) -> NDArray[np.bool_]:
    """Changes of which every commit is a machine's."""
    if commits.author is None:
        return np.zeros(count, bool)
    machines = {author for author in set(commits.author) if is_bot(author)}
    if not machines:
        return np.zeros(count, bool)
    found = np.ones(count, bool)
    author = commits.author
    np.logical_and.at(found, group, np.array([author[one] in machines for one in places.tolist()], bool))
    return found
