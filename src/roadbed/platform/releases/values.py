"""What releases says to pages, the API and jobs: frozen values, never models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadbed.platform.releases.rules import KeyChange


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a deployment. `state` is done, running, failed or waiting; `seconds` is None until it ended."""

    name: str
    state: str
    began_at: datetime | None
    ended_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class FailureView:
    """Why it did not come out: the step, one sentence, what to do, where in the input, and the last lines printed."""

    step: str
    detail: str
    remedy: str
    file: str
    line: int | None
    field: str
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One deployment, rollback or report of another CD.

    Attributes:
        verb: deploy, rollback or report.
        kind: the declared kind of change; rollback for rollbacks.
        version: `v12`, or another CD's own; empty until it has one.
        former: what served before.
        verdict: the gate's answer as it was given then (outcome, passes, reasons …); None where nobody asked.
        local: done on the machine while Roadbed was not there.
        external: another CD's.
        exit_code: what `roadbed deploy` exits with; None while it goes on.
    """

    uid: str
    verb: str
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
    state: str
    step: str
    steps: tuple[StepView, ...]
    verdict: Mapping[str, Any] | None
    failure: FailureView | None
    url: str
    local: bool
    external: bool
    source: str
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a deployment's log; `id` is the cursor for what follows it."""

    id: int
    at: datetime
    step: str
    text: str


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One release. `can_roll_back` says whether a rollback could bring it back now."""

    uid: str
    environment: str
    number: int
    version: str
    commit: str
    subject: str
    state: str
    serving: bool
    can_roll_back: bool
    created_at: datetime
    created_by: str
    live_at: datetime | None
    configuration_keys: tuple[str, ...]
    secret_versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """How a service is in one environment, as the runtime last said.

    Attributes:
        state: running, starting, failing, stopped, absent; `unknown` before the first look.
        since: when it came into this state.
        desired: running or stopped.
        active: uid of the deployment that is under way.
        as_of: when the runtime was last asked; None for never.
    """

    workload: str
    environment: str
    state: str
    since: datetime | None
    desired: str
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


@dataclass(frozen=True, slots=True)
class RuntimeStatus:
    """All environments of a service. `deployed_by` is roadbed or external."""

    service_uid: str
    deployed_by: str
    workloads: tuple[WorkloadView, ...]


@dataclass(frozen=True, slots=True)
class RollbackPreview:
    """What a rollback would change and what it would leave.

    Attributes:
        commits: the commits that are taken out, newest first; None where they cannot be read.
        brings_in: the commits that come back, where the target is newer than what serves.
        configuration: keys of the plain configuration that change with the release.
        secrets: names of the secrets, which stay as they are now.
        cancels: the deployment under way that it would cancel.
    """

    service: str
    environment: str
    serving: str
    serving_commit: str
    target: str
    target_commit: str
    target_live_at: datetime | None
    commits: tuple[str, ...] | None
    brings_in: tuple[str, ...] | None
    configuration: tuple[KeyChange, ...]
    secrets: tuple[str, ...]
    cancels: str | None
