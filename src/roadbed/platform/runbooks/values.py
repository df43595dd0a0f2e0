"""What the room's queries answer: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roadbed.ground.people.rules import Permission
from roadbed.platform.runbooks.rules.shapes import Finding, Runbook, Step
from roadbed.platform.runbooks.rules.trusting import Doubt


@dataclass(frozen=True, slots=True)
class RunbookRow:
    """A runbook as lists show it. `state` is fresh, stale or broken; `doubts` say why."""

    uid: str
    service_uid: str
    service: str
    owner: str
    slug: str
    title: str
    origin: str
    path: str
    version: int
    alerts: tuple[str, ...]
    objectives: tuple[str, ...]
    fingerprints: tuple[str, ...]
    steps: int
    runnable: int
    errors: int
    warnings: int
    written_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str
    run_at: datetime | None
    state: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class RunbookView:
    """A runbook with its text, read, and what is wrong with it."""

    row: RunbookRow
    text: str
    digest: str
    commit: str
    read: Runbook
    findings: tuple[Finding, ...]
    runs: int
    median_minutes: float | None

    def step(self, number: int) -> Step | None:
        """The step of that number."""
        return next((one for one in self.read.steps if one.number == number), None)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, without its text."""

    number: int
    digest: str
    commit: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run of one step. Its state is one of the model's."""

    uid: str
    runbook: str
    runbook_title: str
    service: str
    service_uid: str
    environment: str
    version: int
    step: int
    title: str
    needs: str
    state: str
    dry_run: bool
    by_hand: bool
    local: bool
    person_uid: str
    person: str
    parameters: dict[str, str]
    command: str
    incident: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    minutes: int | None
    exit_code: int | None
    note: str
    output: str
    output_bytes: int
    truncated: bool
    kill_asked_by: str

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Plan:
    """A step as it would run: the exact command, by whom, where, and what stands in the way.

    Attributes:
        shown: the digest of all of it; whoever confirms sends it back, so that what runs is what was seen.
        obstacle: why it cannot be run here by anybody; empty where it can.
        user: the Unix user that it would run as.
    """

    runbook: str
    version: int
    step: int
    title: str
    service: str
    service_uid: str
    environment: str
    command: str
    script: str
    shell: str
    parameters: dict[str, str]
    dry_run: bool
    by_hand: bool
    confirm: bool
    needs: str
    secrets: tuple[str, ...]
    scopes: tuple[str, ...]
    timeout: int
    workload: str
    user: str
    incident_uid: str
    incident: str
    permission: Permission
    obstacle: str
    shown: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An objective or an alert that no runbook serves."""

    service_uid: str
    service: str
    owner: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what can page is served by a runbook. Counts are of objectives and of alerts of the last 90 days."""

    served: int
    whole: int
    uncovered: tuple[Uncovered, ...]
    bare: int = 0
    faults: tuple[dict[str, Any], ...] = field(default_factory=tuple)
