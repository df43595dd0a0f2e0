"""What the API of releases takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

PLAIN = r"^[^\x00]*$"
"""Any text that a database can hold."""

Environment = Annotated[
    str, Field(description="1 to 40 lower-case letters, digits and hyphens.", max_length=40, pattern=PLAIN)
]


class DeployIn(Schema):
    """What to make live."""

    ref: Annotated[str, Field(description="A branch, a tag or a commit.", max_length=250, pattern=PLAIN)] = "HEAD"
    environment: Environment = "production"
    kind: Annotated[
        str,
        Field(
            description="What it is declared to be: feature, fix, reliability, security, config or maintenance. "
            "Empty takes what the commits say.",
            max_length=20,
            pattern=PLAIN,
        ),
    ] = ""


class RollbackIn(Schema):
    """What to bring back."""

    environment: Environment = "production"
    to: Annotated[
        str | None, Field(description="A release like v12; null is the last good one.", max_length=20, pattern=PLAIN)
    ] = None
    reason: Annotated[str, Field(max_length=2000, pattern=PLAIN)] = ""


class StopIn(Schema):
    """Where to stop it."""

    environment: Environment = "production"


class CarriedIn(Schema):
    """A commit that a reported deployment carried in."""

    sha: Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]{7,64}$")]
    subject: Annotated[str, Field(max_length=1000, pattern=PLAIN)]
    authored_at: Instant
    committed_at: Instant
    body: Annotated[str, Field(max_length=4000, pattern=PLAIN)] = ""
    author: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    change: Annotated[
        str, Field(description="The pull request that it belongs to, by number or id.", max_length=200, pattern=PLAIN)
    ] = ""
    first_commit_at: Instant | None = Field(None, description="The first commit of that pull request.")
    reviewed_at: Instant | None = Field(None, description="Its first review.")
    merged_at: Instant | None = Field(None, description="Its merge.")


class ReportIn(Schema):
    """What another CD deployed."""

    commit: Annotated[str, Field(description="The commit, best its full name.", max_length=64, pattern=PLAIN)]
    outcome: Annotated[
        str, Field(description="success, failure, cancelled or rolledback.", max_length=20, pattern=PLAIN)
    ]
    version: Annotated[str, Field(max_length=120, pattern=PLAIN)] = ""
    environment: Environment = "production"
    source: Annotated[str, Field(description="Which CD it was, like github.", max_length=60, pattern=PLAIN)] = ""
    id: Annotated[
        str,
        Field(description="Its own id of the deployment; sent again, nothing changes.", max_length=200, pattern=PLAIN),
    ] = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    url: Annotated[str, Field(max_length=500, pattern=PLAIN)] = ""
    kind: Annotated[str, Field(max_length=20, pattern=PLAIN)] = "feature"
    commits: Annotated[
        list[CarriedIn] | None,
        Field(description="What it carried in, newest first, for its lead time; null is unknown.", max_length=1000),
    ] = None


class StepOut(Schema):
    """One step."""

    name: str
    state: Literal["waiting", "running", "done", "failed"]
    began_at: datetime | None
    ended_at: datetime | None
    seconds: float | None


class FailureOut(Schema):
    """Why it did not come out."""

    step: str
    detail: str
    remedy: str
    file: str
    line: int | None
    field: str
    log: list[str]


class DeploymentOut(Schema):
    """A deployment, a rollback or another CD's report."""

    uid: str
    verb: Literal["deploy", "rollback", "report"]
    service_uid: str
    service: str
    environment: str
    workload: str
    kind: str
    ref: str
    commit: str
    version: str
    former: str
    reason: str
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    state: Literal["requested", "running", "succeeded", "refused", "failed"]
    step: str
    steps: list[StepOut]
    verdict: dict[str, Any] | None
    failure: FailureOut | None
    url: str
    local: bool
    external: bool
    source: str
    exit_code: int | None


class DeploymentPage(Schema):
    """Some deployments, newest first."""

    items: list[DeploymentOut]
    next_cursor: str | None


class LineOut(Schema):
    """One line of a deployment's log."""

    id: int
    at: datetime
    step: str
    text: str


class LinesOut(Schema):
    """Lines after a cursor."""

    items: list[LineOut]


class ReleaseOut(Schema):
    """One release."""

    uid: str
    environment: str
    number: int
    version: str
    commit: str
    subject: str
    state: Literal["building", "good", "failed", "pruned"]
    serving: bool
    can_roll_back: bool
    created_at: datetime
    created_by: str
    live_at: datetime | None
    configuration_keys: list[str]
    secret_versions: dict[str, int]


class ReleasesOut(Schema):
    """Releases, newest first."""

    items: list[ReleaseOut]


class WorkloadOut(Schema):
    """How a service is in one environment."""

    workload: str
    environment: str
    state: str
    since: datetime | None
    desired: Literal["running", "stopped"]
    version: str
    commit: str
    url: str
    user: str
    pid: int | None
    restarts: int | None
    adopted: bool
    detail: str
    active: str | None
    as_of: datetime | None


class StatusOut(Schema):
    """How a service is everywhere, with its newest deployments."""

    service_uid: str
    service: str
    deployed_by: str
    workloads: list[WorkloadOut]
    newest: list[DeploymentOut]


class KeyChangeOut(Schema):
    """A configuration key that changes."""

    key: str
    how: Literal["added", "removed", "changed"]


class RollbackPreviewOut(Schema):
    """What a rollback would change, and what stays."""

    service: str
    environment: str
    serving: str
    serving_commit: str
    target: str
    target_commit: str
    target_live_at: datetime | None
    commits: list[str] | None
    brings_in: list[str] | None
    configuration: list[KeyChangeOut]
    secrets: list[str]
    cancels: str | None


class LogOut(Schema):
    """The newest lines of the serving release."""

    lines: list[str]


class ReportedOut(Schema):
    """What became of a report; `known` when it was on record already."""

    deployment: str
    known: bool


class StoppingOut(Schema):
    """The job that stops it."""

    job: str
