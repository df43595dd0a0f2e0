"""What the API of changes and their sources takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

PLAIN = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=400, pattern=PLAIN)]
Sha = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]{7,64}$")]


class DeployedOut(Schema):
    """One deployment or rollback. `method`, `confidence` and `evidence` say how it was linked to its commits."""

    uid: str
    service_uid: str
    service: str
    environment: str
    outcome: str
    kind: str
    version: str
    former: str
    commit: str
    former_commit: str
    by: str
    source: str
    actor_name: str
    at: datetime
    seconds: float | None
    commits: list[dict[str, Any]] | None
    commit_count: int | None
    method: str
    confidence: float | None
    evidence: list[str]
    by_hand: bool
    error: str


class DeployedPage(Schema):
    """Some deployments, newest first."""

    items: list[DeployedOut]
    next_cursor: str | None


class CountsOut(Schema):
    """How often a service was deployed in 28 days; null is unknown, not zero."""

    succeeded: int | None
    failed: int | None
    rolled_back: int | None
    since: datetime
    known_since: datetime | None
    known_days: float
    per_week: float | None
    as_of: datetime


class DeploymentLinkIn(Schema):
    """What a deployment carried, said by hand; no commits are none."""

    commits: Annotated[list[Sha], Field(max_length=500)]
    reason: Text


class SourceIn(Schema):
    """A source to open a door for."""

    name: Annotated[str, Field(max_length=60, pattern=PLAIN)]
    kind: Annotated[str, Field(description="github, gitlab, cdevents, argocd, jenkins or plain.", max_length=40)]
    deploys: Annotated[
        list[Text],
        Field(description="Names of pipelines, jobs or workflows that deploy, with * and ?.", max_length=40),
    ] = []
    environment: Annotated[str, Field(description="Where those deploy to.", max_length=60, pattern=PLAIN)] = (
        "production"
    )
    secret: Annotated[
        str, Field(description="Only where the sender insists on its own; Roadbed makes one otherwise.", max_length=400)
    ] = ""


class SourceChangeIn(Schema):
    """Which pipelines deploy, and where to."""

    deploys: Annotated[list[Text], Field(max_length=40)]
    environment: Annotated[str, Field(max_length=60, pattern=PLAIN)] = "production"


class SourceOut(Schema):
    """One source; null is what nobody knows or what never was."""

    uid: str
    name: str
    kind: str
    title: str
    address: str
    source: str
    proof: str
    setting: str
    deploys: list[str]
    environment: str
    both_open_until: datetime | None
    deliveries: int
    waiting: int
    unreadable: int
    last_delivery_at: datetime | None
    silent_since: datetime | None
    ahead_seconds: float | None
    ahead_at: datetime | None
    created_at: datetime
    created_by: str
    archived_at: datetime | None


class SourcesOut(Schema):
    """All sources."""

    items: list[SourceOut]


class SourceOpenedOut(SourceOut):
    """A source with its secret, which is shown this once."""

    secret: str


class SourceRotateIn(Schema):
    """For how long the former secret opens the door as well."""

    overlap_hours: Annotated[float, Field(ge=0, le=168, allow_inf_nan=False)] = 24.0
    secret: Annotated[str, Field(max_length=400)] = ""


class ReplayedOut(Schema):
    """How many deliveries are read again."""

    deliveries: int


class DataFindingOut(Schema):
    """One line of the panel; a share of null is one of nothing."""

    key: str
    title: str
    level: Literal["good", "warn", "bad", "unknown"]
    value: str
    share: float | None
    detail: str
    remedy: str


class SourceShareOut(Schema):
    """What one source told of production."""

    source: str
    deployments: int
    linked: int
    services: int


class UnlinkedOut(Schema):
    """A deployment that could not be linked, with what is missing."""

    uid: str
    service_uid: str
    service: str
    at: datetime
    version: str
    commit: str
    source: str
    evidence: list[str]


class DataQualityOut(Schema):
    """How good the data is that delivery is measured by."""

    days: int
    since: datetime
    as_of: datetime
    findings: list[DataFindingOut]
    by_source: list[SourceShareOut]
    unlinked: list[UnlinkedOut]


class PastCommitIn(Schema):
    """One commit of a clone."""

    sha: Sha
    parents: Annotated[list[Sha], Field(max_length=100)]
    subject: Annotated[str, Field(max_length=1000, pattern=PLAIN)]
    body: Annotated[str, Field(max_length=4000, pattern=PLAIN)] = ""
    author: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    authored_at: Instant
    committed_at: Instant
    paths: Annotated[list[Annotated[str, Field(max_length=500, pattern=PLAIN)]] | None, Field(max_length=300)] = None


class PastDeploymentIn(Schema):
    """A deployment that a tag stands for."""

    version: Annotated[str, Field(max_length=120, pattern=PLAIN)]
    commit: Sha
    at: Instant
    service: Annotated[str, Field(max_length=130, pattern=PLAIN)]


class BackfillIn(Schema):
    """A piece of a clone's past, oldest commit first, and how far that got."""

    repository: Annotated[str, Field(max_length=300, pattern=PLAIN)]
    commits: Annotated[list[PastCommitIn], Field(max_length=500)] = []
    deployments: Annotated[list[PastDeploymentIn], Field(max_length=500)] = []
    services: Annotated[list[Annotated[str, Field(max_length=130, pattern=PLAIN)]], Field(max_length=50)] = []
    cursor: Text
    total: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    finished: bool = False


class BackfillApiIn(Schema):
    """A repository whose past is read from its code host's API by the worker."""

    way: Annotated[str, Field(description="github or gitlab.", max_length=20)]
    repository: Annotated[str, Field(description="Like acme/shop.", max_length=300, pattern=PLAIN)]
    token: Annotated[str, Field(description="One that may read it; sealed, and forgotten at the end.", max_length=400)]
    address: Annotated[str, Field(description="Of the API, for a host of one's own.", max_length=300)] = ""
    services: Annotated[list[Annotated[str, Field(max_length=130, pattern=PLAIN)]], Field(max_length=50)] = []


class BackfillOut(Schema):
    """How far a backfill is."""

    cursor: str
    done: int
    total: int | None
    finished: bool
    problems: list[str] = []


class BackfillRow(Schema):
    """How far the past of one repository was taken in."""

    way: str
    repository: str
    done: int
    total: int | None
    finished: bool
    updated_at: datetime
    trouble: str


class BackfillsOut(Schema):
    """All backfills, newest first."""

    items: list[BackfillRow]


class BackfillBegunOut(Schema):
    """The job that reads it; follow it in /jobs, and its progress in /backfills."""

    job: str
