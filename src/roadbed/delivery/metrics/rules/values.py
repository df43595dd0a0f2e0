"""The values that the rules read and answer: deployments, their commits, incidents, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

PRODUCTION: Final = "production"
ORDINARY, ROLLBACK, REVERT, HOTFIX, REWORK = "ordinary", "rollback", "revert", "hotfix", "rework"
LABELS: Final = (ORDINARY, ROLLBACK, REVERT, HOTFIX, REWORK)
UNPLANNED: Final = frozenset({ROLLBACK, REVERT, HOTFIX, REWORK})
"""Deployments that nobody had planned and that mend a fault; they are the numerator of the rework rate."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that a deployment carried. `body` and `labels` are empty where the source told none.

    Attributes:
        change: the pull request or other change that it belongs to, by number or id; empty where nobody told.
        first_at, reviewed_at, merged_at: of its change: the first commit, the first review, the merge.
    """

    sha: str
    subject: str
    authored_at: datetime | None = None
    committed_at: datetime | None = None
    body: str = ""
    labels: tuple[str, ...] = ()
    author: str = ""
    change: str = ""
    first_at: datetime | None = None
    reviewed_at: datetime | None = None
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that went live in production.

    Attributes:
        at: when it was finished.
        environment: which production, where a service has several, as regions are; empty where it has one.
        artifact: what was deployed, as a package URL or a digest; empty where nobody told.
        started_at: when it began, as far as anybody told.
        rolled_back: whether it was asked for as a rollback.
        commits: what it carried, None where that cannot be told.
        commit_count: how many it carried, when more were counted than told; None where nobody can tell.
    """

    uid: str
    service_uid: str
    service: str
    at: datetime
    version: str = ""
    commit: str = ""
    kind: str = ""
    rolled_back: bool = False
    commits: tuple[Commit, ...] | None = None
    commit_count: int | None = None
    by: str = "roadbed"
    artifact: str = ""
    started_at: datetime | None = None
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident in production, open until `resolved_at`.

    Attributes:
        deployment: the cause as far as anybody named one or evidence shows one; `why` is that evidence.
        elsewhere: the cause where somebody named one that is no deployment; empty otherwise.
        mended_by: the deployment that ended it, where somebody said so.
    """

    uid: str
    number: int | None
    service_uid: str
    service: str
    started_at: datetime
    resolved_at: datetime | None = None
    deployment: str = ""
    why: str = ""
    elsewhere: str = ""
    mended_by: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """One change's way into production: of a change that is known as such its first commit's, else one commit's.

    Attributes:
        seconds: from the first commit to the end of the deployment; None where a clock says that it arrived before
            it was made.
        reviewed, merged, started: seconds from the first commit to the first review, the merge and the deployment's
            start; None where nobody told, or where they lie out of order.
        bot: whether a machine wrote it.
    """

    sha: str
    subject: str
    seconds: float | None
    reviewed: float | None = None
    merged: float | None = None
    started: float | None = None
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What a deployment was, and what became of it.

    Attributes:
        label: one of LABELS; `label_by` says by what evidence, empty for an ordinary one.
        failed_by: why it counts as failed, in words; empty where it does not.
        restored_at: when the service was well again; None while it is not, and for one that did not fail.
        first: the first deployment of its service that anybody told of; it has no lead time.
        linked: whether its commits are known; None where that is not asked, as of a first one or a rollback.
        partial: only some of its commits were told.
        carried: the commits that count for lead time.
    """

    uid: str
    service_uid: str
    service: str
    at: datetime
    version: str
    commit: str
    by: str
    label: str
    failed_by: str
    restored_at: datetime | None
    first: bool
    linked: bool | None
    partial: bool
    carried: tuple[Carried, ...]
    label_by: str = ""

    @property
    def failed(self) -> bool:
        """Whether the change failed."""
        return bool(self.failed_by)

    @property
    def unplanned(self) -> bool:
        """Whether it counts as rework."""
        return self.label in UNPLANNED
