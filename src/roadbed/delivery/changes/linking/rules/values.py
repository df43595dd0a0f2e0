"""The values of linking: commits, changes, artifacts, deployments, and the link with its evidence and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

GRAPH, ARTIFACT, GITOPS, GIT, FIRST, BY_HAND, TOLD = "graph", "artifact", "gitops", "git", "first", "hand", "told"
METHODS: Final[Mapping[str, str]] = {
    GIT: "commits between the two versions, from Git",
    GRAPH: "commits between the two versions, from what was pushed",
    ARTIFACT: "what the artifact was built of",
    GITOPS: "the commit that a configuration repository names",
    TOLD: "the commits that the report lists",
    BY_HAND: "somebody said so",
    FIRST: "the first deployment that was told: what it carried began before",
}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `parents` and `paths` are None where nobody told them."""

    sha: str
    subject: str
    authored_at: datetime
    committed_at: datetime
    body: str = ""
    author: str = ""
    bot: bool = False
    parents: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A merged request. `head` is the last commit of its branch, `merge` the one that entered the base."""

    number: str
    title: str = ""
    head: str = ""
    merge: str = ""
    author: str = ""
    opened_at: datetime | None = None
    merged_at: datetime | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """What an artifact was built of."""

    repository: str
    commit: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment as it was told. `commits` are (repository, commit); a repository may be empty where none was told.

    `listed` says that the report itself lists its commits.
    """

    uid: str
    at: datetime
    commits: tuple[tuple[str, str], ...]
    artifacts: tuple[str, ...] = ()
    rolled_back: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """One commit that a deployment carried, and why it is believed.

    Attributes:
        first_at: when the first commit of its change was written, where a squash or a rebase hid it; else None.
        origin: the commit that it was cherry-picked from.
        reviewed_at, merged_at: of its change, where that was told.
    """

    commit: Commit
    repository: str
    change: str = ""
    how: str = ""
    first_at: datetime | None = None
    origin: str = ""
    reviewed_at: datetime | None = None
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a deployment carried.

    Attributes:
        method: one of METHODS; empty where it could not be linked.
        confidence: from 0 to 1; None where there is no link to be confident of.
        commits: newest first; None where they cannot be told, which is not that there are none.
        evidence: in words, each a reason, the weightiest first; of an unlinked one, what is missing.
    """

    method: str
    confidence: float | None
    evidence: tuple[str, ...]
    commits: tuple[Carried, ...] | None = None
    resolved: tuple[tuple[str, str], ...] = field(default=())
