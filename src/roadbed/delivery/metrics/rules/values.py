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
    """One commit that a deployment carried. `body` and `labels` are empty where the source told none."""

    sha: str
    subject: str
    authored_at: datetime | None = None
    committed_at: datetime | None = None
    body: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that went live in production.

    Attributes:
        at: when it was finished.
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


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident in production. `deployment` is the cause as far as anybody named one; open until `resolved_at`."""

    uid: str
    number: int | None
    service_uid: str
    service: str
    started_at: datetime
    resolved_at: datetime | None = None
    deployment: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """One commit's way into production. `seconds` is None where its clock says that it arrived before it was made."""

    sha: str
    subject: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a deployment was, and what became of it.

    Attributes:
        label: one of LABELS.
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

    @property
    def failed(self) -> bool:
        """Whether the change failed."""
        return bool(self.failed_by)

    @property
    def unplanned(self) -> bool:
        """Whether it counts as rework."""
        return self.label in UNPLANNED
