"""What kind of deployment each one was, with the evidence; read from the beginning of a service's history."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.past import Past, key_of
from roadbed.delivery.metrics.rules.values import (
    HOTFIX,
    ORDINARY,
    REVERT,
    REWORK,
    ROLLBACK,
    Commit,
    Deployment,
    Incident,
)

MENDING: Final = frozenset({"fix", "reliability"})
TOLD: Final = frozenset({HOTFIX, REVERT, REWORK})
"""Kinds that a report may claim for itself; what Git says of rollbacks and reverts outweighs it."""
SHOWN: Final = 80
SOON: Final = timedelta(minutes=30)
"""How soon after a fix went live an incident has to be over for the fix to have ended it."""
Label = tuple[str, str]
"""A kind and its evidence in words."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A later deployment that shows an earlier one to have failed."""

    at: datetime
    words: str


@dataclass(slots=True)
class Story:
    """A service's history while it is read from its beginning; `mended` has incidents by what was said to end them.

    Attributes:
        ending: incidents by the place of what went live just before they ended.
    """

    ordered: Sequence[Deployment]
    incidents: Sequence[Incident]
    past: Past
    mended: Mapping[str, Incident]
    ending: Mapping[int, Incident] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    remedies: dict[int, list[Remedy]] = field(default_factory=lambda: defaultdict(list))

    def live(self, index: int) -> int | None:
        """Which deployment was live in the same place before this one; regions lag behind one another."""
        place = self.ordered[index].environment
        return next((at for at in range(index - 1, -1, -1) if self.ordered[at].environment == place), None)

    def is_back(self, index: int) -> bool:
        """Whether that deployment was a rollback."""
        return self.labels[index][0] == ROLLBACK


def label(story: Story, index: int) -> Label:
    """The first kind that applies, with its evidence; an ordinary one needs none."""
    return _taken_back(story, index) or _mended(story, index) or (ORDINARY, "")


def _taken_back(story: Story, index: int) -> Label | None:
    """A rollback or a revert, which Git or the releases tell; what the report claims comes after them."""
    deployment = story.ordered[index]
    if deployment.rolled_back:
        return ROLLBACK, "asked for as a rollback"
    live = story.live(index)
    if live is not None and _goes_back(story, index, live):
        return ROLLBACK, f"an older version than {_named(story.ordered[live])}, which was live"
    if (undone := _undone_earlier(deployment.commits or (), story.past, index)) is not None:
        return REVERT, f"takes back {undone.said or undone.sha}"[:SHOWN]
    return (deployment.kind, "told so with the deployment") if deployment.kind in TOLD else None


def _mended(story: Story, index: int) -> Label | None:
    """A hotfix or rework: everything in it mends what nobody had planned to mend."""
    deployment = story.ordered[index]
    commits = deployment.commits or ()
    changes: list[Commit] = []
    branch = any(texts.is_from_hotfix_branch(one) for one in commits)
    for one in commits:
        if texts.is_merge(one) or texts.is_filler(one):
            continue
        if not (_is_hotfix(one, branch) or _mends(one, story.past, index)):
            # Most deployments are ruled out by their first change.
            changes = []
            break
        changes.append(one)
    if changes and all(_is_hotfix(one, branch) for one in changes):
        return HOTFIX, f"nothing but hotfixes: {changes[0].subject}"[:SHOWN]
    if changes:
        said = next((words for one in changes if (words := texts.fault_in(one))), changes[0].subject)
        return REWORK, f"mends a fault that was met: {said}"[:SHOWN]
    by = _said_to_mend(story, deployment)
    if not by and deployment.kind in MENDING:
        by = _ailing(story, index)
    return (REWORK, by) if by else _ended(story, index)


def ending(uids: Sequence[str], at: Sequence[datetime], incidents: Iterable[Incident]) -> dict[int, Incident]:
    """Incidents that an earlier deployment caused, by the place of what went live last, soon before they ended.

    `uids` and `at` are the deployments', the oldest first.
    """
    places = {uid: place for place, uid in enumerate(uids)}
    found: dict[int, Incident] = {}
    for incident in incidents:
        caused, ended = places.get(incident.deployment), incident.resolved_at
        if caused is None or ended is None:
            continue
        last = bisect_right(at, ended) - 1
        if last > caused and max(incident.started_at, ended - SOON) <= at[last]:
            found.setdefault(last, incident)
    return found


def _ended(story: Story, index: int) -> Label | None:
    """All fixes, and the incident that an earlier deployment caused was over soon after: they mended it.

    Where nobody tells of pull requests and their labels, such a fix counts as the hotfix that it was in a hurry.
    """
    incident = story.ending.get(index)
    if incident is None:
        return None
    commits = [
        one for one in story.ordered[index].commits or () if not texts.is_merge(one) and not texts.is_filler(one)
    ]
    if not commits or not all(texts.is_fix(one) and not texts.is_planned(one) for one in commits):
        return None
    told = any(one.change or one.labels for one in commits)
    return REWORK if told else HOTFIX, f"a fix, soon after which {name_of(incident)} was over"


def _named(deployment: Deployment) -> str:
    return deployment.version or key_of(deployment.commit) or deployment.uid


def _undone_earlier(commits: Sequence[Commit], past: Past, index: int) -> texts.Undone | None:
    """What these commits take back that they did not bring themselves: an ancestor that is not carried was live."""
    if not any(texts.may_undo(commit) for commit in commits):
        return None
    own = _Own.of(commits)
    for commit in commits:
        for undone in texts.all_undone(commit):
            if not own.has(undone, commit, past, index) and (undone.sure or carriers((undone,), past, index)):
                return undone
    return None


@dataclass(frozen=True, slots=True)
class _Own:
    """What a deployment brought itself, by commit, change and title."""

    keys: frozenset[str]
    numbers: frozenset[str]
    titles: frozenset[str]

    @classmethod
    def of(cls, commits: Iterable[Commit]) -> _Own:
        told = list(commits)
        return cls(
            frozenset(key_of(one.sha) for one in told),
            frozenset(map(_number_of, told)) - {""},
            frozenset(texts.title_of(one.subject) for one in told),
        )

    def has(self, undone: texts.Undone, by: Commit, past: Past, index: int) -> bool:
        """Whether what a commit takes back came with it: a commit that nobody deployed may have been rewritten."""
        if undone.sha and (key_of(undone.sha) in self.keys or past.carrier(undone.sha, index) is not None):
            return key_of(undone.sha) in self.keys
        # The title of a revert ends with its own number.
        named = set(undone.numbers) - {_number_of(by)}
        return bool(named & self.numbers) or any(one in self.titles for one in undone.titles)


def _number_of(commit: Commit) -> str:
    return commit.change or texts.number_of(commit.subject)


def carriers(undone: Iterable[texts.Undone], past: Past, index: int) -> set[int]:
    """The deployments before a place that carried what was taken back: by commit, else by number, else by title."""
    found: set[int] = set()
    for one in undone:
        by_sha = past.carrier(one.sha, index) if one.sha else None
        numbered = {at for number in one.numbers if (at := past.numbered(number, index)) is not None}
        titled = {at for title in one.titles if title and (at := past.titled(title, index)) is not None}
        if by_sha is not None:
            found.add(by_sha)
        else:
            found |= numbered or titled
    return found


def _is_hotfix(commit: Commit, branch: bool) -> bool:  # noqa: FBT001 - whether it came from a hotfix branch
    """It says so, or it is a fix from a branch that says so, planned by nobody."""
    return texts.is_hotfix(commit) or (branch and texts.is_fix(commit) and not texts.is_planned(commit))


def _mends(commit: Commit, past: Past, index: int) -> bool:
    """Its text says that users met the fault, or it is a fix that names what was deployed as where the fault began."""
    told = texts.fault_in(commit) or (texts.is_fix(commit) and bool(origins((commit,), past, index)))
    return bool(told) and not texts.is_planned(commit)


def _said_to_mend(story: Story, deployment: Deployment) -> str:
    ended = story.mended.get(deployment.uid)
    return "" if ended is None else f"ended {name_of(ended)}"


def name_of(incident: Incident) -> str:
    """An incident as people call it."""
    return f"INC-{incident.number}" if incident.number else "an incident"


def _goes_back(story: Story, index: int, before: int) -> bool:
    """Whether the version is an ancestor of the live one, as far as counts or the order of arrival tell it."""
    deployment, live = story.ordered[index], story.ordered[before]
    if not deployment.commit or not live.commit or key_of(deployment.commit) == key_of(live.commit):
        return False
    if deployment.commit_count is not None:
        return deployment.commit_count == 0
    was, now = story.past.rank(deployment.commit, index), story.past.rank(live.commit, index)
    return was is not None and now is not None and was < now


def _ailing(story: Story, index: int) -> str:
    """The fault that users saw when this went live, or that the one before had just been taken back; else nothing."""
    at = story.ordered[index].at
    found = next((one for one in story.incidents if one.started_at <= at and (one.resolved_at or at) >= at), None)
    if index and found is not None:
        return f"declared a fix while {name_of(found)} was open"
    taken_back = index >= 2 and story.is_back(index - 1)  # noqa: PLR2004 - broken, taken back, mended
    return "declared a fix right after a rollback" if taken_back and story.remedies.get(index - 2) else ""


def undoes(story: Story, index: int) -> Iterable[tuple[int, str]]:
    """Earlier deployments that this one shows to have failed, each with why."""
    deployment, (kind, _), past = story.ordered[index], story.labels[index], story.past
    named = deployment.version or deployment.uid
    if kind == ROLLBACK:
        # A rollback that did not help has not failed by that.
        live = story.live(index)
        if live is not None and not story.is_back(live) and not _another_is_named(story, live, index):
            yield live, f"rolled back by {named}"
    elif kind == REVERT:
        undone = [found for commit in deployment.commits or () for found in texts.all_undone(commit)]
        yield from ((failed, f"reverted by {named}") for failed in sorted(carriers(undone, past, index)))
    elif kind in (HOTFIX, REWORK):
        yield from (
            (failed, f"{kind} {named} names it as the origin")
            for failed in sorted(origins(deployment.commits or (), past, index))
        )


def _another_is_named(story: Story, before: int, index: int) -> bool:
    """Whether the incidents of the time between name other causes, so that this one was a bystander."""
    live, back = story.ordered[before], story.ordered[index]
    around = [
        one
        for one in story.incidents
        if (one.deployment or one.elsewhere) and one.started_at <= back.at and (one.resolved_at or back.at) >= live.at
    ]
    return bool(around) and all(one.deployment != live.uid for one in around)


def origins(commits: Sequence[Commit], past: Past, index: int) -> set[int]:
    """The deployments before a place that carried what these fixes name as where their faults came from."""
    found: set[int | None] = set()
    for commit in commits:
        named = texts.origins_of(commit)
        found |= {past.carrier(sha, index) for sha in named.shas}
        found |= {past.numbered(number, index) for number in named.numbers}
        found |= {past.versioned(version, index) for version in named.versions}
    return {one for one in found if one is not None}
