"""The stage of the tests of releases: a catalogue, commits, and a runtime in memory that keeps its promises."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.jobs import registry
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team
from roadbed.ground.ports.code_host import CodeUnavailable, Commit
from roadbed.ground.ports.runtime import (
    JournalEntry,
    ReleaseSpec,
    Report,
    RuntimeFailure,
    Switch,
    WorkloadStatus,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
TOMASZ = Caller(uid="p-tomasz", name="Tomasz Zielinski", role="member", teams=frozenset({"team-routing"}))
LOCATION = "https://git.example/shop/checkout"
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  annotations:
    roadbed.dev/build: make
    roadbed.dev/run: ./serve
    roadbed.dev/secrets: secrets.yaml
spec:
  type: service
  lifecycle: production
  owner: team-payments
  environment:
    LOG_LEVEL: INFO
"""
NO_SECRETS = "secrets: []\n"


class Killed(BaseException):
    """The worker died at this point; nothing after it runs."""


@dataclass
class Clock:
    """A clock that goes a second further at each look."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass
class Code:
    """A code host with one repository, oldest commit first."""

    history: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    broken: str = ""

    def commit(self, subject: str, files: dict[str, str] | None = None) -> str:
        sha = uuid.uuid4().hex + "00000000"
        content = {"catalog-info.yaml": CHECKOUT, "secrets.yaml": NO_SECRETS, **(files or {})}
        self.history.append((sha, subject, content))
        self.branches |= {"HEAD": sha, "main": sha}
        return sha

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        if ref in self.branches:
            return self.branches[ref]
        for sha, _, _ in self.history:
            if sha.startswith(ref):
                return sha
        raise CodeUnavailable(f"{location} has no {ref}")

    def _at(self, commit: str) -> int:
        return next(index for index, (sha, _, _) in enumerate(self.history) if sha == commit)

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        if self.broken:
            raise CodeUnavailable(self.broken)
        text = self.history[self._at(self.resolve(location, ref))][2].get(path)
        return None if text is None else text.encode()

    def export(self, location: str, commit: str, into: Path) -> None:
        assert location == LOCATION
        for name, text in self.history[self._at(commit)][2].items():
            (into / name).write_text(text)

    def commits(
        self, location: str, *, since: str | None, until: str, limit: int = 1000, paths: tuple[str, ...] = ()
    ) -> tuple[Commit, ...]:
        del paths
        assert location == LOCATION
        first = 0 if since is None else self._at(since) + 1
        newest_first = reversed(self.history[first : self._at(until) + 1])
        return tuple(Commit(sha, subject, "Mara", "m@x.io", NOW, NOW, ()) for sha, subject, _ in newest_first)[:limit]

    def changed_paths(self, location: str, *, since: str, until: str, limit: int = 500) -> tuple[str, ...]:
        assert location == LOCATION
        before, after = self.history[self._at(since)][2], self.history[self._at(until)][2]
        return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))[
            :limit
        ]


@dataclass
class Running:
    """One workload of the runtime."""

    serving: int | None = None
    good: list[int] = field(default_factory=list)
    withdrawn: set[int] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    folders: set[int] = field(default_factory=set)
    specs: dict[int, ReleaseSpec] = field(default_factory=dict)
    stopped: bool = False
    state: str = "running"


@dataclass
class MemoryRuntime:
    """Runs nothing, but keeps the runtime's promises; `at` lets a test act, fail or die at a step."""

    root: Path
    clock: Clock
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    workloads: dict[str, Running] = field(default_factory=dict)
    entries: list[JournalEntry] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def _act(self, step: str) -> None:
        self.calls.append(step)
        if step in self.at:
            self.at[step]()

    def of(self, workload: str) -> Running:
        return self.workloads.setdefault(workload, Running())

    def fresh_folder(self, workload: str, number: int) -> Path:
        self._act("fresh_folder")
        self.of(workload).folders.add(number)
        folder = self.root / f"{workload}-{number}"
        folder.mkdir()
        return folder

    def build(self, spec: ReleaseSpec, *, report: Report) -> None:
        assert (self.root / f"{spec.workload}-{spec.number}" / "catalog-info.yaml").is_file()
        report("build", f"$ {spec.build}")
        self._act("build")
        self.of(spec.workload).specs[spec.number] = spec

    def start(self, spec: ReleaseSpec, *, report: Report) -> None:
        report("start", f"Starting {spec.label}")
        self._act("start")
        self.of(spec.workload).started.add(spec.number)
        self.of(spec.workload).specs[spec.number] = spec
        report("ready", f"{spec.label} is ready")

    def switch(self, spec: ReleaseSpec, *, actor: str, report: Report) -> Switch:
        self._act("switch")
        switch = self._promote(spec, "switched", actor, "")
        report("drain", "The former release finishes what it has begun")
        self._act("drain")
        return switch

    def roll_back(self, workload: str, *, to: int | None, actor: str, reason: str, report: Report) -> Switch:
        self._act("roll_back")
        running = self.of(workload)
        assert to is not None
        if to not in running.good:
            raise RuntimeFailure("switch", f"v{to} of {workload} was never good")
        report("ready", f"v{to} is ready")
        switch = self._promote(running.specs[to], "rolledback", actor, reason)
        self._act("drain")
        return switch

    def roll_back_locally(self, workload: str, to: int) -> None:
        self._promote(self.of(workload).specs[to], "rolledback", "mara", "all is dead", local=True)

    def _promote(self, spec: ReleaseSpec, verb: str, actor: str, reason: str, *, local: bool = False) -> Switch:
        running = self.of(spec.workload)
        former, at = running.serving, self.clock()
        if verb == "rolledback" and former is not None:
            running.withdrawn.add(former)
        running.withdrawn.discard(spec.number)
        running.serving, running.stopped = spec.number, False
        if spec.number not in running.good:
            running.good.append(spec.number)
        entry = JournalEntry(
            uuid.uuid4().hex, at, spec.workload, spec.service_uid, verb, spec.number, former, spec.commit, actor,
            local, reason,
        )  # fmt: skip
        self.entries.append(entry)
        return Switch(spec.workload, spec.number, former, at, 0.005, drained=True)

    def discard(self, workload: str, number: int) -> None:
        self._act("discard")
        running = self.of(workload)
        if number in running.good:
            raise RuntimeFailure("start", f"v{number} was good once")
        running.folders.discard(number)
        running.started.discard(number)

    def good_releases(self, workload: str) -> tuple[int, ...]:
        return tuple(reversed(self.of(workload).good))

    def prune(self, workload: str, *, keep: int = 5) -> tuple[int, ...]:
        running = self.of(workload)
        gone = [number for number in running.good[:-keep] if number != running.serving]
        running.good = [number for number in running.good if number not in gone]
        running.folders -= set(gone)
        return tuple(gone)

    def stop(self, workload: str) -> None:
        self._act("stop")
        self.of(workload).serving, self.of(workload).stopped = None, True

    def remove(self, workload: str) -> None:
        del self.workloads[workload]

    def status(self, workload: str) -> WorkloadStatus:
        running = self.of(workload)
        state = "stopped" if running.stopped else "absent" if running.serving is None else running.state
        return WorkloadStatus(
            workload, state, running.serving, "", self.url_of(workload), 42, NOW, 0, f"rb-{workload}", adopted=False
        )

    def statuses(self) -> tuple[WorkloadStatus, ...]:
        return tuple(self.status(workload) for workload in self.workloads)

    def log_tail(self, workload: str, *, lines: int = 50) -> tuple[str, ...]:
        return (f"{workload} listens",)[:lines]

    def url_of(self, workload: str) -> str:
        return f"http://{workload}.localhost:8080/"

    def scrape_address(self, workload: str) -> tuple[str, int, str] | None:
        return ("127.0.0.1", 20000, "/metrics") if self.of(workload).serving else None

    def reconcile(self) -> tuple[str, ...]:
        self._act("reconcile")
        return ()

    def journal(self, *, after: str = "") -> tuple[JournalEntry, ...]:
        position = next((index for index, entry in enumerate(self.entries) if entry.uid == after), -1)
        return tuple(self.entries[position + 1 :])


@dataclass
class Stage:
    """Everything at hand."""

    runtime: MemoryRuntime
    code: Code
    clock: Clock
    service_uid: str = ""

    def register(self, text: str = CHECKOUT) -> str:
        registered = catalog.register(HANNE, text=text, location=LOCATION, now=NOW)
        self.service_uid = registered.uid_of_component
        return self.service_uid

    def work(self, *, until_final: bool = True) -> None:
        """Run what waits, as a worker would: a job that raises is tried again, until its last attempt."""
        while job := Job.objects.filter(state=Job.WAITING, name__startswith="releases.").order_by("id").first():
            Job.objects.filter(pk=job.pk).update(state=Job.RUNNING, attempts=job.attempts + 1)
            attempt = job.attempts + 1
            run = JobRun(job.uid, job.name, job.payload, attempt, attempt >= job.max_attempts, "worker")
            kind = registry.kind_of(job.name)
            assert kind is not None
            try:
                kind.handler(run, job.payload)
            except Killed:
                given_up = attempt >= job.max_attempts
                Job.objects.filter(pk=job.pk).update(state=Job.FAILED if given_up else Job.WAITING)
                if not until_final:
                    return
            except (Refusal, RuntimeError):
                final = attempt >= job.max_attempts
                Job.objects.filter(pk=job.pk).update(state=Job.FAILED if final else Job.WAITING)
            else:
                Job.objects.filter(pk=job.pk).update(state=Job.DONE)


def people() -> None:
    for name in ("team-payments", "team-routing"):
        create_team(ROADBED, name=name, now=NOW)
