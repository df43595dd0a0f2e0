"""What kind of deployment each one was, with the evidence; read from the beginning of a service's history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from roadbed.delivery.metrics.rules import texts
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
Label = tuple[str, str]
"""A kind and its evidence in words."""


def key_of(sha: str) -> str:
    """Reports shorten commits to different lengths; twelve digits tell a service's apart."""
    return sha[:12]


@dataclass(slots=True)
class Seen:
    """What had been deployed before the deployment that is looked at."""

    order: dict[str, int] = field(default_factory=dict)
    carriers: dict[str, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def add(self, index: int, deployment: Deployment) -> None:
        """Take a deployment in, the oldest of its commits first, so that what came later stands later."""
        for commit in reversed(deployment.commits or ()):
            self.order.setdefault(key_of(commit.sha), len(self.order))
            self.carriers[key_of(commit.sha)] = index
            self.titles[texts.title_of(commit.subject)] = index
            if number := (commit.change or texts.number_of(commit.subject)):
                self.numbers[number] = index
        if deployment.commit:
            self.order.setdefault(key_of(deployment.commit), len(self.order))
            self.carriers.setdefault(key_of(deployment.commit), index)
        if deployment.version:
            self.versions[deployment.version.rpartition("/")[2].removeprefix("v")] = index


@dataclass(frozen=True, slots=True)
class Remedy:
    """A later deployment that shows an earlier one to have failed."""

    at: datetime
    words: str


@dataclass(slots=True)
class Story:
    """A service's history while it is read from its beginning."""

    ordered: Sequence[Deployment]
    incidents: Sequence[Incident]
    labels: list[Label] = field(default_factory=list)
    remedies: dict[int, list[Remedy]] = field(default_factory=lambda: defaultdict(list))
    seen: Seen = field(default_factory=Seen)

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
    if live is not None and _goes_back(deployment, story.ordered[live], story.seen):
        return ROLLBACK, f"an older version than {_named(story.ordered[live])}, which was live"
    if (undone := _undone_earlier(deployment.commits or ())) is not None:
        return REVERT, f"takes back {undone.title or undone.sha}"[:SHOWN]
    return (deployment.kind, "told so with the deployment") if deployment.kind in TOLD else None


def _mended(story: Story, index: int) -> Label | None:
    """A hotfix or rework: everything in it mends what nobody had planned to mend."""
    deployment = story.ordered[index]
    commits = deployment.commits or ()
    changes = [one for one in commits if not (texts.is_merge(one) or texts.is_filler(one))]
    if changes and all(texts.is_hotfix(one) for one in changes):
        return HOTFIX, f"nothing but hotfixes: {changes[0].subject}"[:SHOWN]
    if changes and all(texts.is_hotfix(one) or _mends(one, story.seen) for one in changes):
        said = next((words for one in changes if (words := texts.fault_in(one))), changes[0].subject)
        return REWORK, f"mends a fault that was met: {said}"[:SHOWN]
    by = _said_to_mend(story, deployment)
    if not by and deployment.kind in MENDING:
        by = _ailing(story, index)
    return (REWORK, by) if by else None


def _named(deployment: Deployment) -> str:
    return deployment.version or key_of(deployment.commit) or deployment.uid


def _undone_earlier(commits: Sequence[Commit]) -> texts.Undone | None:
    """What these commits take back that they did not bring themselves: an ancestor that is not carried was live."""
    own = {key_of(commit.sha) for commit in commits}
    titles = {texts.title_of(commit.subject) for commit in commits}
    for commit in commits:
        undone = texts.undone_by(commit)
        if undone and (key_of(undone.sha) not in own if undone.sha else undone.title not in titles):
            return undone
    return None


def _mends(commit: Commit, seen: Seen) -> bool:
    """Its text says that users met the fault, or it is a fix that names what was deployed as where the fault began."""
    if texts.is_planned(commit):
        return False
    return texts.mends_a_fault(commit) or (texts.is_fix(commit) and bool(origins((commit,), seen)))


def _said_to_mend(story: Story, deployment: Deployment) -> str:
    ended = next((one for one in story.incidents if one.mended_by == deployment.uid), None)
    return "" if ended is None else f"ended {name_of(ended)}"


def name_of(incident: Incident) -> str:
    """An incident as people call it."""
    return f"INC-{incident.number}" if incident.number else "an incident"


def _goes_back(deployment: Deployment, live: Deployment, seen: Seen) -> bool:
    """Whether the version is an ancestor of the live one, as far as counts or the order of arrival tell it."""
    if not deployment.commit or not live.commit or key_of(deployment.commit) == key_of(live.commit):
        return False
    if deployment.commit_count is not None:
        return deployment.commit_count == 0
    was, now = seen.order.get(key_of(deployment.commit)), seen.order.get(key_of(live.commit))
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
    deployment, (kind, _), seen = story.ordered[index], story.labels[index], story.seen
    named = deployment.version or deployment.uid
    if kind == ROLLBACK:
        # A rollback that did not help has not failed by that.
        live = story.live(index)
        if live is not None and not story.is_back(live) and not _another_is_named(story, live, index):
            yield live, f"rolled back by {named}"
    elif kind == REVERT:
        undone = [found for commit in deployment.commits or () if (found := texts.undone_by(commit))]
        carriers = {seen.carriers.get(key_of(one.sha)) if one.sha else seen.titles.get(one.title) for one in undone}
        yield from ((failed, f"reverted by {named}") for failed in sorted(one for one in carriers if one is not None))
    elif kind in (HOTFIX, REWORK):
        yield from (
            (failed, f"{kind} {named} names it as the origin")
            for failed in sorted(origins(deployment.commits or (), seen))
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


def origins(commits: Sequence[Commit], seen: Seen) -> set[int]:
    """The deployments that carried what these fixes name as where their faults came from."""
    found: set[int] = set()
    for commit in commits:
        named = texts.origins_of(commit)
        found |= {seen.carriers[key_of(sha)] for sha in named.shas if key_of(sha) in seen.carriers}
        found |= {seen.numbers[number] for number in named.numbers if number in seen.numbers}
        found |= {seen.versions[version] for version in named.versions if version in seen.versions}
    return found
