"""What Roadbed needs of whatever runs services: build, start, switch, roll back, and say how things are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

Report = Callable[[str, str], None]
"""Called with (step, line) while work goes on; step is one of STEPS."""

STEPS = ("fetch", "gate", "build", "start", "ready", "switch", "drain")


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits of one service. Zero means the runtime's default."""

    memory_mb: int = 0
    open_files: int = 0
    processes: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """Everything a release is: code, configuration and environment.

    Attributes:
        workload: the runtime's name of the service in one environment, a DNS label (`checkout`, `checkout-staging`).
        service_uid: the catalogue's immutable uid of the service.
        number: counts up per workload from 1; shown as `v12`.
        commit: the full Git object name that was built.
        build: one shell line run in the release's folder before the start; empty when there is nothing to build.
        run: one shell line that listens on $PORT of $HOST.
        health_path: answers 2xx when the service can take traffic.
        environment: configuration and secrets; never written where another service's user can read it.
        ready_seconds: how long the service may take until its health path answers.
        drain_seconds: how long the old release may finish what it has begun.
    """

    workload: str
    service_uid: str
    number: int
    commit: str
    run: str
    build: str = ""
    health_path: str = "/healthz"
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_seconds: float = 30.0
    build_seconds: float = 600.0
    drain_seconds: float = 30.0
    resources: Resources = field(default_factory=Resources)
    metrics_path: str = ""

    @property
    def label(self) -> str:
        return f"v{self.number}"


@dataclass(frozen=True, slots=True)
class Switch:
    """One finished change of traffic. `drained` is False when the old release had to be stopped mid-request."""

    workload: str
    number: int
    former: int | None
    at: datetime
    seconds: float
    drained: bool


@dataclass(frozen=True, slots=True)
class WorkloadStatus:
    """How a workload is now. `state` is one of running, starting, failing, stopped, absent."""

    workload: str
    state: str
    number: int | None
    commit: str
    url: str
    pid: int | None
    started_at: datetime | None
    restarts: int
    user: str
    adopted: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A line of the runtime's own journal: what it did, also while the rest of Roadbed was dead."""

    uid: str
    at: datetime
    workload: str
    service_uid: str
    verb: str
    number: int
    former: int | None
    commit: str
    actor: str
    local: bool
    reason: str = ""


class RuntimeFailure(Exception):  # noqa: N818 - an outcome the use-case records
    """A step did not come out; nothing that served traffic was changed.

    Attributes:
        step: one of STEPS.
        detail: one sentence for the person who deployed.
        remedy: what to do next.
        log: the last lines that the build or the service printed.
    """

    def __init__(self, step: str, detail: str, *, remedy: str = "", log: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.step = step
        self.detail = detail
        self.remedy = remedy
        self.log = log


class Runtime(Protocol):
    """A place where services run. Every method may raise RuntimeFailure."""

    def fresh_folder(self, workload: str, number: int) -> Path:
        """An empty folder for the release's files; the caller fills it before `build`."""

    def build(self, spec: ReleaseSpec, *, report: Report) -> None:
        """Write the release's manifest and run its build command; the folder is immutable afterwards."""

    def start(self, spec: ReleaseSpec, *, report: Report) -> None:
        """Start the release beside the one that serves and wait until it is ready; stop it again if it never is."""

    def switch(self, spec: ReleaseSpec, *, actor: str, report: Report) -> Switch:
        """Give the release all traffic, then drain and stop the former one. Journals."""

    def roll_back(self, workload: str, *, to: int | None, actor: str, reason: str, report: Report) -> Switch:
        """Bring back release `to`, or the last good one before the one that serves. Journals."""

    def discard(self, workload: str, number: int) -> None:
        """Remove a release that never became good."""

    def good_releases(self, workload: str) -> tuple[int, ...]:
        """Numbers of the releases that can be rolled back to, newest first, the serving one included."""

    def prune(self, workload: str, *, keep: int = 5) -> tuple[int, ...]:
        """Remove releases older than the newest `keep` good ones, and say which."""

    def stop(self, workload: str) -> None:
        """Stop the service and take its host off the edge; its releases stay."""

    def remove(self, workload: str) -> None:
        """Stop the service and remove everything of it."""

    def status(self, workload: str) -> WorkloadStatus:
        """How the workload is, asked of the machine now."""

    def statuses(self) -> tuple[WorkloadStatus, ...]:
        """All workloads."""

    def log_tail(self, workload: str, *, lines: int = 50) -> tuple[str, ...]:
        """The newest lines that the serving release printed."""

    def url_of(self, workload: str) -> str:
        """Where the edge serves the workload."""

    def scrape_address(self, workload: str) -> tuple[str, int, str] | None:
        """Host, port and path of the serving release's own metrics, None where it has none."""

    def reconcile(self) -> tuple[str, ...]:
        """Make actual what is desired: adopt what runs, start what should, and say what was done."""

    def journal(self, *, after: str = "") -> tuple[JournalEntry, ...]:
        """Journal entries after the entry with that uid, oldest first."""
