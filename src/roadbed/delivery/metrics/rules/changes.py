"""Changes as code hosts tell them, merged from many events, and what they add to the commits of a deployment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from roadbed.delivery.metrics.rules.past import key_of
from roadbed.delivery.metrics.rules.values import Commit


@dataclass(frozen=True, slots=True)
class Ref:
    """A change as others name it; `repository` is empty where they do not say whose."""

    change: str
    repository: str = ""


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """What one event says of a change. Instants are None, texts empty where it does not say."""

    ref: Ref
    created_at: datetime | None = None
    reviewed_at: datetime | None = None
    merged_at: datetime | None = None
    first_at: datetime | None = None
    title: str = ""
    body: str = ""
    author: str = ""
    labels: tuple[str, ...] = ()
    shas: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()


def merged(told: Sequence[ChangeTold]) -> ChangeTold:
    """One change from all that was told of it, in whatever order: the earliest instants, the longest texts."""
    commits = {one.sha: one for each in told for one in sorted(each.commits, key=_fullness)}
    return ChangeTold(
        ref=told[0].ref,
        created_at=_earliest(one.created_at for one in told),
        reviewed_at=_earliest(one.reviewed_at for one in told),
        merged_at=_earliest(one.merged_at for one in told),
        first_at=_earliest(one.first_at for one in told),
        title=max((one.title for one in told), key=_length),
        body=max((one.body for one in told), key=_length),
        author=max((one.author for one in told), key=_length),
        labels=tuple(sorted({label for one in told for label in one.labels})),
        shas=tuple(sorted({sha for one in told for sha in one.shas})),
        commits=tuple(commits[sha] for sha in sorted(commits)),
    )


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)


def _length(text: str) -> tuple[int, str]:
    return len(text), text


def _fullness(commit: Commit) -> tuple[int, str]:
    return len(commit.subject) + len(commit.body), repr(commit)


@dataclass(slots=True)
class Changes:
    """All changes that were told of, found by name, number or commit."""

    by_ref: dict[Ref, ChangeTold] = field(default_factory=dict)
    by_name: dict[str, list[ChangeTold]] = field(default_factory=lambda: defaultdict(list))
    by_sha: dict[str, ChangeTold] = field(default_factory=dict)

    def of(self, ref: Ref) -> ChangeTold | None:
        """The change of a reference; None where it is not known, or where several have its name."""
        if ref in self.by_ref:
            return self.by_ref[ref]
        named = self.by_name.get(ref.change) or self.by_name.get(ref.change.lstrip("#!"), [])
        if ref.repository and len(named) > 1:
            named = [one for one in named if _same_repository(one.ref.repository, ref.repository)]
        if len(named) == 1:
            return named[0]
        return self.by_sha.get(key_of(ref.change)) if not named else None

    def enriched(self, commit: Commit) -> Commit:
        """A commit with what is known of its change."""
        change = self.by_sha.get(key_of(commit.sha)) or (self.of(Ref(commit.change)) if commit.change else None)
        return commit if change is None else _with(commit, change)


def _same_repository(one: str, other: str) -> bool:
    return one.rstrip("/").endswith(other.rstrip("/")) or other.rstrip("/").endswith(one.rstrip("/"))


def changes_of(told: Iterable[ChangeTold]) -> Changes:
    """The index of all that was told, in whatever order."""
    by_ref: dict[Ref, list[ChangeTold]] = defaultdict(list)
    for one in told:
        by_ref[one.ref].append(one)
    for ref, home in _homes(by_ref).items():
        by_ref[home] += [replace(one, ref=home) for one in by_ref.pop(ref)]
    found = Changes()
    for ref in sorted(by_ref, key=lambda ref: (ref.change, ref.repository)):
        change = merged(by_ref[ref])
        found.by_ref[ref] = change
        found.by_name[ref.change].append(change)
        for sha in (ref.change, *change.shas):
            found.by_sha.setdefault(key_of(sha), change)
    return found


def _homes(refs: Iterable[Ref]) -> dict[Ref, Ref]:
    """Where an event names no repository and one alone has a change of that name, it is that change."""
    named: dict[str, list[Ref]] = defaultdict(list)
    bare = []
    for ref in refs:
        if ref.repository:
            named[ref.change].append(ref)
        else:
            bare.append(ref)
    return {ref: named[ref.change][0] for ref in bare if len(named[ref.change]) == 1}


def began_at(change: ChangeTold) -> datetime | None:
    """The first commit of a change; where no commit was told, the first that was heard of it.

    A change that was opened before its commits' dates was rebased since: then it began by its opening at the latest.
    """
    commits = [at for one in change.commits for at in (one.authored_at, one.committed_at, one.first_at)]
    return _earliest((change.first_at, *commits, change.created_at, change.merged_at))


def commit_of(change: ChangeTold) -> Commit:
    """A change as one commit, by the name under which it was merged."""
    sha = next((one for one in change.shas if one not in {each.sha for each in change.commits}), change.ref.change)
    return _with(Commit(sha, change.title), change)


def _with(commit: Commit, change: ChangeTold) -> Commit:
    more: dict[str, Any] = {
        "change": commit.change or change.ref.change,
        "first_at": commit.first_at or began_at(change),
        "reviewed_at": commit.reviewed_at or change.reviewed_at,
        "merged_at": commit.merged_at or change.merged_at,
        "author": commit.author or change.author,
        "labels": commit.labels or change.labels,
        "subject": commit.subject or change.title,
        "body": "\n".join(part for part in (commit.body, change.title, change.body) if part),
    }
    return replace(commit, **more)
