"""Owns the verbs of the local runtime: what a deployment, a rollback and a restart of Roadbed ask of this machine."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import accounts, building, claims, disk, looking, processes, programs, records
from roadbed.adapters.local_runtime.daemon import Daemon
from roadbed.adapters.local_runtime.edge import Edge
from roadbed.adapters.local_runtime.meter import HaproxyMeter
from roadbed.adapters.local_runtime.reconciling import Parts, lost, reconcile
from roadbed.adapters.local_runtime.records import Actor, Records
from roadbed.adapters.local_runtime.starting import Start
from roadbed.adapters.local_runtime.stepping import LocalSteps
from roadbed.adapters.local_runtime.traffic import Traffic
from roadbed.ground.ports.runtime import RuntimeFailure, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.adapters.local_runtime.traffic import Promotion
    from roadbed.ground.ports.metrics import EdgeReading
    from roadbed.ground.ports.runtime import JournalEntry, ReleaseSpec, Report, WorkloadStatus

KEEP_AT_LEAST = 5
CLAIM_SECONDS = 600.0
EDGE_SECONDS = 5.0


class LocalRuntime:
    """Services on this machine. Any number of processes may use the same data folder at once."""

    def __init__(self, layout: Layout) -> None:
        layout = replace(layout, data=layout.data.absolute())
        self.layout = layout
        self.daemon = Daemon(layout)
        self.edge = Edge(layout, self.daemon)
        self.records = Records(layout)
        self.traffic = Traffic(layout, self.daemon, self.edge, self.records)

    # --- the daemon

    def ensure_running(self) -> tuple[str, ...]:
        """Start the daemon and the edge, or find them running; what was done, in words."""
        with disk.writing("start", self.layout.data):
            self.layout.prepare()
        done = ("started supervisord",) if self.daemon.ensure() else ()
        return done + self.edge.ensure()

    def is_up(self) -> bool:
        """Whether supervisord and HAProxy answer."""
        return self.layout.daemon.is_dir() and self.daemon.is_up() and self.edge.admin.answers()

    def read(self, *, bounds: tuple[int, ...] = ()) -> EdgeReading:
        """What was counted at the edge; this makes the runtime an EdgeMeter too."""
        return HaproxyMeter(self.layout).read(bounds=bounds)

    def shut_down(self, *, services: bool = True) -> None:
        """Stop everything that the runtime started; with services=False only supervisord, and traffic goes on."""
        if not self.layout.daemon.is_dir():
            return
        self.daemon.let_go()
        if not services:
            return
        releases = [
            self.layout.release(name, n) for name in self.records.workloads() for n in self.records.numbers(name)
        ]
        processes.end(self.layout.edge, grace=EDGE_SECONDS)
        with ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(lambda folder: processes.end(folder, grace=programs.GRACE_SECONDS), releases))
        processes.end(self.layout.edge / "attendant", grace=EDGE_SECONDS)

    def reconcile(self) -> tuple[str, ...]:
        dead = lost(self.layout, self.records)
        done = self.ensure_running()
        parts = Parts(self.layout, self.daemon, self.edge, self.records, self.traffic)
        return reconcile(parts, done=done, dead=dead)

    # --- a release comes to be

    def fresh_folder(self, workload: str, number: int) -> Path:
        with disk.writing("fetch", self.layout.data):
            self.layout.prepare()
            if number in self.records.state(workload).good:
                raise RuntimeFailure(
                    "fetch", f"v{number} of {workload} was released before", remedy="give the release a new number"
                )
            programs.make_folders(self.layout, workload, programs.account_for(self.layout, workload))
            folder = self.layout.release(workload, number)
            disk.clear(folder)
            disk.make_folder(folder, 0o711)
            disk.make_folder(folder / "app", 0o700)
        return folder / "app"

    def build(self, spec: ReleaseSpec, *, report: Report) -> None:
        programs.check(spec)
        account = programs.account_for(self.layout, spec.workload)
        folder = self.layout.release(spec.workload, spec.number) / "app"
        if not folder.is_dir():
            raise RuntimeFailure("build", f"{spec.label} has no files", remedy="deploy again")
        with disk.writing("build", folder):
            programs.make_folders(self.layout, spec.workload, account)
            self.records.save_release(spec)
            programs.give(folder, account)
        if spec.build.strip():
            self.daemon.ensure()
            building.build(self.layout, spec, account, python=self.layout.daemon / "python", report=report)
        with disk.writing("build", folder):
            programs.seal(folder, account)

    def start(self, spec: ReleaseSpec, *, report: Report) -> None:
        programs.check(spec)
        self.ensure_running()
        with self._giving_up(spec, Actor("")):
            with self.traffic.working_on(spec.workload, "start"):
                with disk.writing("start", self.layout.release(spec.workload, spec.number)):
                    self.records.save_release(spec)
                start = self._begin(spec, report)
            start.await_ready(report)

    def _begin(self, spec: ReleaseSpec, report: Report) -> Start:
        """Have the release starting, under the workload's lock; the wait for it is not, so that nobody waits along."""
        account = programs.account_for(self.layout, spec.workload)
        if account.uid is None:
            report("start", f"No Unix user of its own: {spec.workload} runs as {account.name}")
        folder = self.layout.release(spec.workload, spec.number)
        with disk.writing("start", self.layout.data):
            programs.make_folders(self.layout, spec.workload, account)
            programs.regroup(folder / "app", account)
        start = Start(self.layout, self.daemon, spec, account)
        joined = start.runs() and (claims.is_claimed(folder) or start.is_ready())
        rollbacks = self.records.state(spec.workload).rollbacks
        claims.claim(self.layout, spec, seconds=spec.ready_seconds + CLAIM_SECONDS, rollbacks=rollbacks)
        if joined:
            report("start", f"{spec.label} runs already")
        else:
            start.begin(report)
        return start

    @contextlib.contextmanager
    def _giving_up(self, spec: ReleaseSpec, actor: Actor) -> Iterator[None]:
        """Whatever ends a start, also whoever calls it off: what is not ready is stopped, the failure journalled."""
        try:
            yield
        except BaseException as failure:
            with self.traffic.working_on(spec.workload, "start"):
                if self.records.state(spec.workload).serving != spec.number:
                    self.traffic.take_down(spec.workload, spec.number)
            if isinstance(failure, RuntimeFailure):
                self.traffic.note(spec, "failed", replace(actor, reason=failure.detail))
            raise

    # --- traffic

    def switch(self, spec: ReleaseSpec, *, actor: str, report: Report, local: bool = False) -> Switch:
        self.ensure_running()
        began = time.monotonic()
        with self.traffic.working_on(spec.workload, "switch"):
            self.traffic.refuse_overtaken(spec)
            promotion = self.traffic.promote(spec, "switched", Actor(actor, local=local))
        return self._finish(spec, promotion, began, report)

    def roll_back(
        self, workload: str, *, to: int | None, actor: str, reason: str, report: Report, local: bool = False
    ) -> Switch:
        began = time.monotonic()
        self.ensure_running()
        spec = self.records.release(workload, self._target(workload, to))
        with self._giving_up(spec, Actor(actor, local=local)):
            with self.traffic.working_on(workload, "switch"):
                start = self._begin(spec, report)
            start.await_ready(report)
        with self.traffic.working_on(workload, "switch"):
            promotion = self.traffic.promote(spec, "rolledback", Actor(actor, reason, local))
        return self._finish(spec, promotion, began, report)

    def _target(self, workload: str, to: int | None) -> int:
        state = self.records.state(workload)
        number = state.before_serving() if to is None else to
        if number is None:
            raise RuntimeFailure(
                "switch",
                f"{workload} has no earlier good release to go back to",
                remedy="deploy a commit that works: roadbed deploy " + workload,
            )
        if number not in state.good:
            have = ", ".join(f"v{good}" for good in self.good_releases(workload)) or "none"
            raise RuntimeFailure(
                "switch", f"v{number} of {workload} was never good", remedy=f"choose one of these: {have}"
            )
        return number

    def _finish(self, spec: ReleaseSpec, promotion: Promotion, began: float, report: Report) -> Switch:
        seconds = time.monotonic() - began
        report("switch", f"{spec.label} has all traffic of {self.layout.url_of(spec.workload)} after {seconds:.2f} s")
        drained = self.traffic.drain(spec, promotion, report)
        return Switch(spec.workload, spec.number, promotion.former, promotion.at, seconds, drained)

    # --- afterwards

    def discard(self, workload: str, number: int) -> None:
        with self.traffic.working_on(workload, "start"):
            state = self.records.state(workload)
            if number in state.good:
                raise RuntimeFailure(
                    "start",
                    f"v{number} of {workload} was good once and is kept",
                    remedy="let `prune` remove it in time",
                )
            self._erase(workload, number)

    def good_releases(self, workload: str) -> tuple[int, ...]:
        present = set(self.records.numbers(workload))
        return tuple(number for number in reversed(self.records.state(workload).good) if number in present)

    def prune(self, workload: str, *, keep: int = KEEP_AT_LEAST) -> tuple[int, ...]:
        with self.traffic.working_on(workload, "start"):
            state = self.records.state(workload)
            spared = state.worth_keeping(max(keep, KEEP_AT_LEAST))
            removed = []
            for number in self.records.numbers(workload):
                claimed = claims.is_claimed(self.layout.release(workload, number))
                past = number in state.good or number < max(state.good, default=0)
                if past and number not in spared and not claimed:
                    self._erase(workload, number)
                    removed.append(number)
            if removed:
                kept = tuple(number for number in state.good if number not in removed)
                self.records.save_state(workload, replace(state, good=kept))
            return tuple(removed)

    def _erase(self, workload: str, number: int) -> None:
        self.traffic.take_down(workload, number)
        disk.clear(self.layout.release(workload, number))
        for log in (self.layout.workload(workload) / "logs").glob(f"*v{number}.log*"):
            log.unlink(missing_ok=True)

    def stop(self, workload: str, *, actor: str = "") -> None:
        self.ensure_running()
        with self.traffic.working_on(workload, "drain"):
            self.traffic.stop(workload, Actor(actor))

    def remove(self, workload: str) -> None:
        if not self.layout.workload(workload).is_dir():
            return
        self.stop(workload)
        with self.traffic.working_on(workload, "drain"):
            disk.clear(self.layout.workload(workload))
            if self.layout.isolates:
                accounts.drop(workload, self.layout.home(workload))
        LocalSteps(self.layout).forget(workload)

    # --- questions

    def status(self, workload: str) -> WorkloadStatus:
        return looking.status(self.layout, self.daemon, self.records, workload)

    def statuses(self) -> tuple[WorkloadStatus, ...]:
        return tuple(self.status(workload) for workload in self.records.workloads())

    def log_tail(self, workload: str, *, lines: int = 50) -> tuple[str, ...]:
        state = self.records.state(workload)
        number = state.serving or (state.good[-1] if state.good else None)
        return () if number is None else records.tail(programs.log_of(self.layout, workload, number), lines)

    def url_of(self, workload: str) -> str:
        self.layout.workload(workload)
        return self.layout.url_of(workload)

    def scrape_address(self, workload: str) -> tuple[str, int, str] | None:
        number = self.records.state(workload).serving
        port = None if number is None else programs.port_of(self.layout, workload, number)
        if number is None or port is None:
            return None
        path = self.records.release(workload, number).metrics_path
        return (programs.HOST, port, path) if path else None

    def journal(self, *, after: str = "") -> tuple[JournalEntry, ...]:
        return self.records.journal(after=after)
