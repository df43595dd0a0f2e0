"""What each deployment of one service was and what became of it, from the whole history whatever order it came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    Carried,
    Commit,
    Deployment,
    Incident,
    Judged,
)

MENDING: Final = frozenset({"fix", "reliability"})


@dataclass(slots=True)
class _Seen:
    """What had been deployed before the deployment that is looked at."""

    order: dict[str, int] = field(default_factory=dict)
    carriers: dict[str, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, index: int, deployment: Deployment) -> None:
        # The oldest first, so that what came later stands later.
        for commit in reversed(deployment.commits or ()):
            self.order.setdefault(_key(commit.sha), len(self.order))
            self.carriers[_key(commit.sha)] = index
            self.titles[texts.title_of(commit.subject)] = index
            if number := texts.number_of(commit.subject):
                self.numbers[number] = index
        if deployment.commit:
            self.order.setdefault(_key(deployment.commit), len(self.order))
            self.carriers.setdefault(_key(deployment.commit), index)


@dataclass(frozen=True, slots=True)
class _Remedy:
    at: datetime
    words: str


def _key(sha: str) -> str:
    """Reports shorten commits to different lengths; twelve digits tell a service's apart."""
    return sha[:12]


@dataclass(slots=True)
class _Story:
    """A service's history while it is read from its beginning."""

    ordered: Sequence[Deployment]
    incidents: Sequence[Incident]
    labels: list[str] = field(default_factory=list)
    remedies: dict[int, list[_Remedy]] = field(default_factory=lambda: defaultdict(list))
    seen: _Seen = field(default_factory=_Seen)


def judge(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> tuple[Judged, ...]:
    """Label every deployment and find the failed ones, oldest first."""
    story = _Story(
        ordered=sorted(deployments, key=lambda one: (one.at, one.uid)),
        incidents=sorted(incidents, key=lambda one: (one.started_at, one.uid)),
    )
    for index, deployment in enumerate(story.ordered):
        story.labels.append(_label(story, index))
        for failed, words in _undoes(story, index):
            story.remedies[failed].append(_Remedy(deployment.at, words))
        story.seen.add(index, deployment)
    caused: dict[str, list[Incident]] = defaultdict(list)
    for incident in story.incidents:
        caused[incident.deployment].append(incident)
    latest = _latest(story.ordered)
    return tuple(_judged(story, index, caused.get(one.uid, ()), latest) for index, one in enumerate(story.ordered))


def _latest(ordered: Sequence[Deployment]) -> Mapping[str, int]:
    """Which deployment carried each commit last: one that was rolled back and came again arrived then."""
    return {_key(commit.sha): index for index, one in enumerate(ordered) for commit in one.commits or ()}


def _label(story: _Story, index: int) -> str:
    deployment = story.ordered[index]
    if deployment.rolled_back or (index and _goes_back(deployment, story.ordered[index - 1], story.seen)):
        return ROLLBACK
    commits = deployment.commits or ()
    own = {_key(commit.sha) for commit in commits}
    titles = {texts.title_of(commit.subject) for commit in commits}
    undone = [found for commit in commits if (found := texts.undone_by(commit))]
    # An ancestor that this deployment does not carry had been deployed before it.
    if any(_key(one.sha) not in own if one.sha else one.title not in titles for one in undone):
        return REVERT
    changes = [one for one in commits if not (texts.is_merge(one) or texts.is_filler(one))]
    if changes and all(texts.is_hotfix(one) for one in changes):
        return HOTFIX
    if changes and all(texts.is_hotfix(one) or texts.mends_a_fault(one) for one in changes):
        return REWORK
    return REWORK if deployment.kind in MENDING and _ailing(story, index) else ORDINARY


def _goes_back(deployment: Deployment, live: Deployment, seen: _Seen) -> bool:
    """Whether the version is an ancestor of the live one, as far as counts or the order of arrival tell it."""
    if not deployment.commit or not live.commit or _key(deployment.commit) == _key(live.commit):
        return False
    if deployment.commit_count is not None:
        return deployment.commit_count == 0
    was, now = seen.order.get(_key(deployment.commit)), seen.order.get(_key(live.commit))
    return was is not None and now is not None and was < now


def _ailing(story: _Story, index: int) -> bool:
    """Whether a fault that users saw was open when this went live, or the one before it had just been taken back."""
    at = story.ordered[index].at
    if index and any(one.started_at <= at and (one.resolved_at or at) >= at for one in story.incidents):
        return True
    taken_back = index >= 2 and story.labels[index - 1] == ROLLBACK  # noqa: PLR2004 - broken, taken back, mended
    return taken_back and bool(story.remedies.get(index - 2))


def _undoes(story: _Story, index: int) -> Iterable[tuple[int, str]]:
    """Earlier deployments that this one shows to have failed, each with why."""
    deployment, label, seen = story.ordered[index], story.labels[index], story.seen
    named = deployment.version or deployment.uid
    if label == ROLLBACK:
        # A rollback that did not help has not failed by that.
        if index and story.labels[index - 1] != ROLLBACK and not _another_is_named(story, index):
            yield index - 1, f"rolled back by {named}"
    elif label == REVERT:
        undone = [found for commit in deployment.commits or () if (found := texts.undone_by(commit))]
        carriers = {seen.carriers.get(_key(one.sha)) if one.sha else seen.titles.get(one.title) for one in undone}
        yield from ((failed, f"reverted by {named}") for failed in sorted(one for one in carriers if one is not None))
    elif label in (HOTFIX, REWORK):
        origins = sorted(_origins(deployment.commits or (), seen))
        yield from ((failed, f"{label} {named} names it as the origin") for failed in origins)


def _another_is_named(story: _Story, index: int) -> bool:
    """Whether the incidents of the time between name other deployments, so that this one was a bystander."""
    live, back = story.ordered[index - 1], story.ordered[index]
    around = [
        one
        for one in story.incidents
        if one.deployment and one.started_at <= back.at and (one.resolved_at or back.at) >= live.at
    ]
    return bool(around) and all(one.deployment != live.uid for one in around)


def _origins(commits: Sequence[Commit], seen: _Seen) -> set[int]:
    found: set[int] = set()
    for commit in commits:
        shas, numbers = texts.origins_of(commit)
        found |= {seen.carriers[_key(sha)] for sha in shas if _key(sha) in seen.carriers}
        found |= {seen.numbers[number] for number in numbers if number in seen.numbers}
    return found


def _judged(story: _Story, index: int, incidents: Sequence[Incident], latest: Mapping[str, int]) -> Judged:
    one, label, remedies = story.ordered[index], story.labels[index], story.remedies.get(index, ())
    asked = index > 0 and label != ROLLBACK
    return Judged(
        uid=one.uid,
        service_uid=one.service_uid,
        service=one.service,
        at=one.at,
        version=one.version,
        commit=one.commit,
        by=one.by,
        label=label,
        failed_by=_why(incidents, remedies),
        restored_at=_restored_at(incidents, remedies),
        first=index == 0,
        linked=(one.commits is not None) if asked else None,
        partial=asked and one.commits is not None and (one.commit_count or 0) > len(one.commits),
        carried=_carried(index, one, latest) if asked else (),
    )


def _why(incidents: Sequence[Incident], remedies: Sequence[_Remedy]) -> str:
    if incidents:
        return "caused " + ", ".join(f"INC-{one.number}" if one.number else "an incident" for one in incidents)
    return remedies[0].words if remedies else ""


def _restored_at(incidents: Sequence[Incident], remedies: Sequence[_Remedy]) -> datetime | None:
    if incidents:
        ends = [one.resolved_at for one in incidents]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None
    return min((one.at for one in remedies), default=None)


def _carried(index: int, one: Deployment, latest: Mapping[str, int]) -> tuple[Carried, ...]:
    changes = [
        commit
        for commit in one.commits or ()
        if not texts.is_merge(commit) and texts.undone_by(commit) is None and latest[_key(commit.sha)] == index
    ]
    return tuple(Carried(commit.sha, commit.subject, _seconds(commit, one.at)) for commit in changes)


def _seconds(commit: Commit, at: datetime) -> float | None:
    # A rebase moves the committer's date and a skewed clock either one; the earlier is when the work began.
    began = min((one for one in (commit.authored_at, commit.committed_at) if one is not None), default=None)
    if began is None or began > at:
        return None
    return (at - began).total_seconds()
