"""What a sender of webhooks tells us, whoever it is: the values that adapters read payloads into, and their port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

STARTED, SUCCEEDED, FAILED, ROLLED_BACK = "started", "succeeded", "failed", "rolledback"
OPENED, MERGED, CLOSED, REVIEWED = "opened", "merged", "closed", "reviewed"
CREATED, DELETED = "created", "deleted"
TASK, SUITE = "task", "suite"
RELEASES: Final = "release"
"""As the name of a pipeline it stands for published releases."""
LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a delivery; larger ones are refused with 413."""


class Unreadable(ValueError):  # noqa: N818 - an answer about the payload, not a crash
    """The payload is not what its sender's documentation says; the message names the field. It stays in the inbox."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `parents` and `paths` are None where the sender does not tell them, which is not that there are none.

    Attributes:
        sha: its full name in lower case.
        authored_at: when it was written; some senders tell one date only, which then stands for both.
        bot: whether a program wrote it.
    """

    sha: str
    subject: str
    body: str
    author: str
    authored_at: datetime
    committed_at: datetime
    bot: bool = False
    parents: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """Commits that arrived on a branch, oldest first. `whole` is False where the sender cut the list short.

    `trunk` is the repository's main branch, empty where not told.
    """

    key: str
    at: datetime
    repository: str
    branch: str
    before: str
    after: str
    commits: tuple[Commit, ...]
    whole: bool = True
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that was created or deleted."""

    key: str
    at: datetime
    repository: str
    branch: str
    state: str
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A pull or merge request as it is after something happened to it.

    Attributes:
        key: the sender's own identity of this happening, the same at every delivery of it.
        state: opened, merged, closed (not merged) or reviewed.
        head: the last commit of its branch; `merge` the commit that entered the base, empty where not told.
        opened_at: None where not told, as in a review.
        additions, deletions: lines; `files` and `commits` how many; None where not told.
        trunk: the repository's main branch, empty where not told.
    """

    key: str
    at: datetime
    repository: str
    number: str
    state: str
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    author: str = ""
    bot: bool = False
    head: str = ""
    merge: str = ""
    base: str = ""
    branch: str = ""
    opened_at: datetime | None = None
    url: str = ""
    additions: int | None = None
    deletions: int | None = None
    files: int | None = None
    commits: int | None = None
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Build:
    """A pipeline's run that ended.

    Attributes:
        artifacts: what it made, as image digests, package URLs or names.
        started_at: when it began to run; None where not told.
        queued_seconds: how long it waited before that; None where not told.
        run: the sender's identity of the run, so that its beginning is found; empty where it tells no beginnings.
        part: empty for a whole pipeline; TASK or SUITE for a part of one.
    """

    key: str
    at: datetime
    repository: str
    name: str
    commit: str
    outcome: str
    started_at: datetime | None = None
    artifacts: tuple[str, ...] = ()
    branch: str = ""
    url: str = ""
    queued_seconds: float | None = None
    run: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class BuildBegan:
    """A run that was queued or that started, of a sender that tells them one by one."""

    key: str
    at: datetime
    repository: str
    name: str
    run: str
    queued: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Tests:
    """Tests of one run that one delivery tells of; `commit` is empty where the sender does not say what was tested.

    Attributes:
        service: how the sender calls what was tested; empty where only the repository says it.
        run: the sender's identity of the run that they belong to, `suite` of the part of it.
        cases: each test's name and how it ended: passed, failed or skipped.
    """

    key: str
    at: datetime
    repository: str
    commit: str
    run: str
    suite: str
    cases: tuple[tuple[str, str], ...]
    service: str = ""
    branch: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something that was built, and of what, as far as the sender knows: a commit, or a change's number."""

    key: str
    at: datetime
    artifact: str
    repository: str = ""
    commit: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that began or ended.

    Attributes:
        service: how the sender calls what was deployed; empty where only the repository says it.
        production: whether the sender says that the environment is one of production, whatever its name.
        outcome: started, succeeded, failed or rolledback.
        artifacts: what runs now; with digests where the sender has them.
        commits: further (repository, commit) pairs that it was made of, beside `repository` and `commit`.
        run: the sender's own identity of the deployment, the same at its begin and at its end; empty where it has none.
    """

    key: str
    at: datetime
    outcome: str
    environment: str
    repository: str = ""
    commit: str = ""
    service: str = ""
    artifacts: tuple[str, ...] = ()
    commits: tuple[tuple[str, str], ...] = ()
    version: str = ""
    started_at: datetime | None = None
    production: bool = False
    by: str = ""
    url: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was published at the code host. `commit` is empty where only a branch is told."""

    key: str
    at: datetime
    repository: str
    tag: str
    name: str = ""
    commit: str = ""
    by: str = ""
    preview: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident that another system detected, reported or resolved."""

    key: str
    at: datetime
    incident: str
    state: str
    environment: str
    service: str
    title: str = ""
    artifact: str = ""
    url: str = ""


Event = Pushed | Branch | Change | Build | BuildBegan | Tests | Artifact | Deployment | Release | Incident


@dataclass(frozen=True, slots=True)
class Manner:
    """How one source is to be read.

    Attributes:
        deploys: names of pipelines, jobs or workflows whose success is a deployment, with `*` and `?`; none means none.
            The name `release`, written out, makes each published release one, for what reaches its users that way.
        environment: where those deploy to, where they do not say.
    """

    deploys: tuple[str, ...] = ()
    environment: str = "production"


def released(release: Release, manner: Manner) -> tuple[Event, ...]:
    """A release, and the deployment that it is where a source says so; a preview reaches nobody yet."""
    if RELEASES not in manner.deploys or release.preview:
        return (release,)
    deployed = Deployment(
        key=release.key, at=release.at, outcome=SUCCEEDED, environment=manner.environment,
        repository=release.repository, commit=release.commit, artifacts=(f"{release.repository}@{release.tag}",),
        version=release.tag, by=release.by, url=release.url,
    )  # fmt: skip
    return release, deployed


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as it came. Names of headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes


class EventReader(Protocol):
    """Reads what one kind of sender posts. Pure: no clock, no network, no state."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        """Whether whoever sent it knows the secret; compared in constant time. `now` is seconds since 1970."""

    def identity(self, delivery: Delivery) -> str:
        """The sender's own identity of the delivery, the same when it is sent again; empty where it gives none."""

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        """What it tells; nothing for what we have no use for.

        Raises:
            Unreadable: for whatever is not as documented.
        """
