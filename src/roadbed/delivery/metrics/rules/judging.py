"""What each deployment of one service was and what became of it, from the whole history whatever order it came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.bots import is_bot
from roadbed.delivery.metrics.rules.labelling import Remedy, Story, ending, label, name_of, undoes
from roadbed.delivery.metrics.rules.past import NamesOf, Past, key_of
from roadbed.delivery.metrics.rules.values import ROLLBACK, Carried, Commit, Deployment, Incident, Judged


def judge(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> tuple[Judged, ...]:
    """Label every deployment and find the failed ones, oldest first."""
    ordered = sorted(deployments, key=lambda one: (one.at, one.uid))
    known = sorted(incidents, key=lambda one: (one.started_at, one.uid))
    mended = {one.mended_by: one for one in reversed(known) if one.mended_by}
    over = ending([one.uid for one in ordered], [one.at for one in ordered], known)
    story = Story(ordered=ordered, incidents=known, past=Past(NamesOf(ordered)), mended=mended, ending=over)
    for index, deployment in enumerate(story.ordered):
        story.labels.append(label(story, index))
        for failed, words in undoes(story, index):
            story.remedies[failed].append(Remedy(deployment.at, words))
    caused: dict[str, list[Incident]] = defaultdict(list)
    for incident in story.incidents:
        caused[incident.deployment].append(incident)
    latest = _latest(story.ordered)
    return tuple(_judged(story, index, caused.get(one.uid, ()), latest) for index, one in enumerate(story.ordered))


def _latest(ordered: Sequence[Deployment]) -> Mapping[str, int]:
    """Which deployment carried each commit last: one that was rolled back and came again arrived then."""
    return {key_of(commit.sha): index for index, one in enumerate(ordered) for commit in one.commits or ()}


def _judged(story: Story, index: int, incidents: Sequence[Incident], latest: Mapping[str, int]) -> Judged:
    one, (kind, by), remedies = story.ordered[index], story.labels[index], story.remedies.get(index, ())
    asked = index > 0 and kind != ROLLBACK
    return Judged(
        uid=one.uid,
        service_uid=one.service_uid,
        service=one.service,
        at=one.at,
        version=one.version,
        commit=one.commit,
        by=one.by,
        label=kind,
        failed_by=why_failed(incidents, remedies),
        restored_at=restored_at(incidents, remedies),
        first=index == 0,
        linked=(one.commits is not None) if asked else None,
        partial=asked and one.commits is not None and (one.commit_count or 0) > len(one.commits),
        carried=_carried(index, one, latest) if asked else (),
        label_by=by,
    )


def why_failed(incidents: Sequence[Incident], remedies: Sequence[Remedy]) -> str:
    """Why a deployment counts as failed, in words; empty where it does not."""
    if not incidents:
        return remedies[0].words if remedies else ""
    evidence = next((one.why for one in incidents if one.why), "")
    said = "caused " + ", ".join(map(name_of, incidents))
    return f"{said} ({evidence})" if evidence else said


def restored_at(incidents: Sequence[Incident], remedies: Sequence[Remedy]) -> datetime | None:
    """When the service was well again after it; None while it is not."""
    if incidents:
        ends = [one.resolved_at for one in incidents]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None
    return min((one.at for one in remedies), default=None)


def _carried(index: int, one: Deployment, latest: Mapping[str, int]) -> tuple[Carried, ...]:
    """One pair for each change that is known as such, else for each commit."""
    changes: dict[str, list[Commit]] = {}
    for commit in one.commits or ():
        if texts.is_merge(commit) and commit.first_at is None:
            continue
        if texts.undone_by(commit) is None and latest[key_of(commit.sha)] == index:
            changes.setdefault(f"change {commit.change}" if commit.change else commit.sha, []).append(commit)
    return tuple(_pair(commits, one) for commits in changes.values())


def _pair(commits: Sequence[Commit], deployment: Deployment) -> Carried:
    newest = commits[0]
    # A rebase moves the committer's date and a skewed clock either one; the earliest is when the work began.
    known = [at for one in commits for at in (one.first_at, one.authored_at, one.committed_at) if at is not None]
    began = min(known, default=None)
    bot = all(is_bot(one.author) for one in commits)
    if began is None or began > deployment.at:
        return Carried(newest.sha, newest.subject, None, bot=bot)
    if len(commits) > 1:
        marks = [
            max((at for one in commits if (at := one.reviewed_at) is not None), default=None),
            max((at for one in commits if (at := one.merged_at) is not None), default=None),
            deployment.started_at,
        ]
    else:
        marks = [newest.reviewed_at, newest.merged_at, deployment.started_at]
    since = [None if at is None else (at - began).total_seconds() for at in marks]
    seconds = (deployment.at - began).total_seconds()
    reviewed, merged, started = _in_order(since, seconds)
    return Carried(newest.sha, newest.subject, seconds, reviewed, merged, started, bot)


def _in_order(marks: Sequence[float | None], end: float) -> list[float | None]:
    """Marks that lie between the begin, one another and the end; one that a clock puts elsewhere is unknown."""
    kept: list[float | None] = []
    reached = 0.0
    for mark in marks:
        if mark is None or not reached <= mark <= end:
            kept.append(None)
        else:
            kept.append(mark)
            reached = mark
    return kept
