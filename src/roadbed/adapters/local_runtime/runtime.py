"""Owns the verbs of the local runtime: what a deployment, a rollback and a restart of Roadbed ask of this machine."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import accounts, building, claims, disk, processes, programs, records
from roadbed.adapters.local_runtime.daemon import Daemon
from roadbed.adapters.local_runtime.edge import Edge
from roadbed.adapters.local_runtime.meter import HaproxyMeter
from roadbed.adapters.local_runtime.reconciling import reconcile
from roadbed.adapters.local_runtime.records import Records, entry_of
from roadbed.adapters.local_runtime.starting import Start
from roadbed.ground.ports.runtime import RuntimeFailure, Switch, WorkloadStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roadbed.adapters.local_runtime.haproxy import Route
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.ground.ports.metrics import EdgeReading
    from roadbed.ground.ports.runtime import JournalEntry, ReleaseSpec, Report

KEEP_AT_LEAST = 5
STOP_DRAIN_SECONDS = 5.0
CRASH_LOOP = 3
EDGE_SECONDS = 5.0


class LocalRuntime:
    """Services on this machine. Any number of processes may use the same data folder at once."""

    def __init__(self, layout: Layout) -> None:
        layout = replace(layout, data=layout.data.absolute())
        self.layout = layout
        self.daemon = Daemon(layout)
        self.edge = Edge(layout, self.daemon)
        self.records = Records(layout)

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
        held = self.daemon.let_go()
        if not services:
            return
        releases = [
            self.layout.release(name, n) for name in self.records.workloads() for n in self.records.numbers(name)
        ]
        processes.end(self.layout.edge, grace=EDGE_SECONDS)
        for pid in held:
            processes.signal_group(pid, signal.SIGTERM)
        with ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(lambda folder: processes.end(folder, grace=programs.GRACE_SECONDS), releases))
        processes.end(self.layout.edge / "attendant", grace=EDGE_SECONDS)

    def reconcile(self) -> tuple[str, ...]:
        return reconcile(self)

    @contextlib.contextmanager
    def _working_on(self, workload: str, step: str) -> Iterator[None]:
        self.layout.workload(workload)
        with disk.locked(self.layout.lock(f"workload-{workload}"), step=step, what=workload):
            yield

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
        with self._working_on(spec.workload, "start"):
            claims.claim(self.layout, spec, seconds=spec.ready_seconds + 600)
            with disk.writing("start", self.layout.release(spec.workload, spec.number)):
                self.records.save_release(spec)
            try:
                self._bring_up(spec, report)
            except RuntimeFailure as failure:
                claims.drop(self.layout, spec)
                self._note(spec, "failed", actor="", reason=failure.detail)
                raise

    def _bring_up(self, spec: ReleaseSpec, report: Report) -> None:
        account = programs.account_for(self.layout, spec.workload)
        if account.uid is None:
            report("start", f"No Unix user of its own: {spec.workload} runs as {account.name}")
        start = Start(self.layout, self.daemon, spec, account)
        if start.is_ready_already():
            report("ready", f"{spec.label} still runs and is ready")
            return
        start.run(report)

    # --- traffic

    def switch(self, spec: ReleaseSpec, *, actor: str, report: Report, local: bool = False) -> Switch:
        self.ensure_running()
        began = time.monotonic()
        with self._working_on(spec.workload, "switch"):
            former = self._promote(spec, "switched", actor=actor, reason="", local=local)
        return self._finish(spec, former, began, report)

    def roll_back(
        self, workload: str, *, to: int | None, actor: str, reason: str, report: Report, local: bool = False
    ) -> Switch:
        began = time.monotonic()
        self.ensure_running()
        with self._working_on(workload, "switch"):
            spec = self.records.release(workload, self._target(workload, to))
            claims.claim(self.layout, spec, seconds=spec.ready_seconds + 600)
            try:
                self._bring_up(spec, report)
            except RuntimeFailure as failure:
                claims.drop(self.layout, spec)
                self._note(spec, "failed", actor=actor, reason=failure.detail, local=local)
                raise
            former = self._promote(spec, "rolledback", actor=actor, reason=reason, local=local)
        return self._finish(spec, former, began, report)

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

    def _promote(
        self, spec: ReleaseSpec, verb: str, *, actor: str, reason: str, local: bool
    ) -> tuple[int | None, Route | None, datetime]:
        """Give the release all traffic: the wish on disk first, so that a crash at any point is mended by reconcile."""
        workload, folder = spec.workload, self.layout.workload(spec.workload)
        port = programs.port_of(self.layout, workload, spec.number)
        if port is None or processes.look(self.layout.release(workload, spec.number)).pid is None:
            raise RuntimeFailure("switch", f"{spec.label} does not run", remedy="start it before giving it traffic")
        state = self.records.state(workload)
        at = datetime.now(tz=UTC)
        entry = entry_of(spec, verb, at=at, former=state.serving, actor=actor, local=local, reason=reason)
        route = self.edge.plan().routes.get(workload)
        with disk.writing("switch", folder):
            self.records.save_state(workload, state.promoted(spec.number, service_uid=spec.service_uid, entry=entry))
        try:
            self.edge.serve(workload, f"v{spec.number}-{port}", port, timeout_ms=self.layout.server_timeout_ms)
        except RuntimeFailure:
            self.records.save_state(workload, state)
            raise
        if state.serving is not None and state.serving != spec.number:
            with contextlib.suppress(RuntimeFailure):
                former = self.records.release(workload, state.serving)
                claims.claim(self.layout, former, seconds=former.drain_seconds + 60)
        claims.drop(self.layout, spec)
        # A full disk must not undo a switch that has happened; the entry stays in the state until there is room.
        with contextlib.suppress(OSError), disk.locked(self.layout.lock("journal"), step="switch", what="the journal"):
            self.records.settle(workload)
        return state.serving, route, at

    def _finish(
        self, spec: ReleaseSpec, promoted: tuple[int | None, Route | None, datetime], began: float, report: Report
    ) -> Switch:
        former, route, at = promoted
        seconds = time.monotonic() - began
        report("switch", f"{spec.label} has all traffic of {self.layout.url_of(spec.workload)} after {seconds:.2f} s")
        drained = True
        if former is not None and former != spec.number:
            drained = self._drain(spec, former, route, report)
        return Switch(spec.workload, spec.number, former, at, seconds, drained)

    def _drain(self, spec: ReleaseSpec, former: int, route: Route | None, report: Report) -> bool:
        """Let the former release finish, without the lock: a rollback must not wait for it, and may want it back."""
        workload = spec.workload
        report("drain", f"v{former} finishes what it has begun")
        drained = True
        if route:
            drained = self.edge.retire(
                f"slot{route.slot}",
                route.server,
                seconds=spec.drain_seconds,
                wanted_again=lambda: self.records.state(workload).serving == former,
            )
        with self._working_on(workload, "drain"):
            if self.records.state(workload).serving == former:
                return drained
            self._take_down(workload, former)
        report("drain", f"v{former} is stopped" + ("" if drained else "; requests that took too long were cut"))
        return drained

    def _take_down(self, workload: str, number: int) -> None:
        folder = self.layout.release(workload, number)
        self.daemon.take_away(programs.name_of(workload, number), folder)
        claims.drop_at(folder)

    def _note(self, spec: ReleaseSpec, verb: str, *, actor: str, reason: str, local: bool = False) -> None:
        former = self.records.state(spec.workload).serving
        entry = entry_of(spec, verb, at=datetime.now(tz=UTC), former=former, actor=actor, local=local, reason=reason)
        with contextlib.suppress(OSError), disk.locked(self.layout.lock("journal"), step="start", what="the journal"):
            self.records.note(entry)

    # --- afterwards

    def discard(self, workload: str, number: int) -> None:
        with self._working_on(workload, "start"):
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
        with self._working_on(workload, "start"):
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
        self._take_down(workload, number)
        disk.clear(self.layout.release(workload, number))
        for log in (self.layout.workload(workload) / "logs").glob(f"*v{number}.log*"):
            log.unlink(missing_ok=True)

    def stop(self, workload: str) -> None:
        self.ensure_running()
        with self._working_on(workload, "drain"):
            state = self.records.state(workload)
            with disk.writing("drain", self.layout.data):
                self.records.save_state(workload, replace(state, serving=None, stopped=True))
            route = self.edge.forget(workload)
            if route:
                self.edge.retire(
                    f"slot{route.slot}", route.server, seconds=STOP_DRAIN_SECONDS, wanted_again=lambda: False
                )
            for number in self.records.numbers(workload):
                if programs.name_of(workload, number) in self.daemon.names():
                    self._take_down(workload, number)

    def remove(self, workload: str) -> None:
        if not self.layout.workload(workload).is_dir():
            return
        self.stop(workload)
        with self._working_on(workload, "drain"):
            disk.clear(self.layout.workload(workload))
            if self.layout.isolates:
                accounts.drop(workload)

    # --- questions

    def status(self, workload: str) -> WorkloadStatus:
        state = self.records.state(workload)
        known = self.layout.workload(workload).is_dir()
        number = state.serving
        account = (accounts.find(accounts.name_for(workload)) if self.layout.isolates else None) or accounts.own()
        empty = WorkloadStatus(
            workload=workload,
            state="stopped" if state.stopped else "absent",
            number=number,
            commit="",
            url=self.layout.url_of(workload),
            pid=None,
            started_at=None,
            restarts=0,
            user=account.name,
            adopted=False,
            detail="" if known else "it was never deployed here",
        )
        if number is None:
            return empty
        return self._status_of(number, empty)

    def _status_of(self, number: int, empty: WorkloadStatus) -> WorkloadStatus:
        workload = empty.workload
        spec = self.records.release(workload, number)
        supervised = self.daemon.pid_of(programs.name_of(workload, number))
        running = processes.look(self.layout.release(workload, number), supervised=supervised)
        port = programs.port_of(self.layout, workload, number) or 0
        how, detail = _condition(running, port)
        if supervised is None and running.pid is not None:
            detail = detail or "supervisord is not watching it; `roadbed up` adopts it"
        return replace(
            empty,
            state=how,
            commit=spec.commit,
            pid=running.pid,
            started_at=running.started_at,
            restarts=max(0, running.starts - 1),
            adopted=running.adopted,
            detail=detail,
        )

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


def _condition(running: processes.Running, port: int) -> tuple[str, str]:
    """State and explanation of a release that is meant to run."""
    if running.quick >= CRASH_LOOP:
        return "failing", f"it keeps ending within seconds of its start, {running.quick} times in a row"
    if running.pid is None:
        return "failing", "its process has ended and is started again"
    with contextlib.closing(socket.socket()) as link:
        link.settimeout(0.5)
        if link.connect_ex((programs.HOST, port)):
            return "starting", f"it does not listen on port {port} yet"
    return "running", ""
