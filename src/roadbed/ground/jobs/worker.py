"""The worker's loop: claim, run in a few threads, renew leases, reap, keep schedules, run the ledger's ticks."""

from __future__ import annotations

import os
import socket
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil
import structlog
from django.db import DatabaseError, close_old_connections, connections

from roadbed.ground.errors import Refusal
from roadbed.ground.jobs import registry, usecases
from roadbed.ground.jobs.leases import RENEWED_EVERY, Overdue
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.jobs.watching import Changes
from roadbed.ground.waking import Bell

log = structlog.get_logger(__name__)

SCHEDULES_EVERY = 0.25
"""Seconds between looks at what has come due."""

LONG_SECONDS = 300.0
"""Jobs that may take longer than this (builds) get half of the threads at most: a rollback never waits for one."""

PULSE_SECONDS = 10.0
"""How often a loop says that it is at work."""

EXIT_STUCK = 70
"""Exit code of a worker that ended itself because a job overran its time limit."""


def worker_name() -> str:
    """Host, pid and process start, so that a dead worker can be told from a new one with the same pid."""
    return f"{socket.gethostname()}:{os.getpid()}:{int(psutil.Process().create_time())}"


def dead_workers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named workers that ran on this machine and no longer do."""
    dead = []
    for name in names:
        host, _, process = name.partition(":")
        pid, _, started = process.partition(":")
        if host != socket.gethostname() or not (pid.isdigit() and started.isdigit()):
            continue
        try:
            alive = int(psutil.Process(int(pid)).create_time()) == int(started)
        except psutil.NoSuchProcess:
            alive = False
        if not alive:
            dead.append(name)
    return tuple(dead)


@dataclass
class Worker:
    """Runs jobs until told to stop.

    Args:
        ticks: called once a turn in the main thread; each returns how much it did (projections, reactions, inbox).
        threads: how many jobs run at once.
        idle: seconds until the next look for news when nothing was done.
        longest: seconds between turns at most, since what comes due writes nothing when its time comes.
        accepts: which jobs, by name; the pager takes its own and leaves the rest to the worker.
        die: called with an exit code when a job overran; os._exit in production.
        apart: seconds between turns at least while others call again and again: each call of a busy moment would
            else cost a turn of its own, and a turn asks dozens of questions. What ends here is written down at once.
        bell: what wakes a loop that rests before its time.
        role: under which name the loop says that it is at work; empty for one that nobody watches.
    """

    ticks: tuple[Callable[[datetime], int], ...] = ()
    threads: int = 4
    idle: float = 0.25
    longest: float = 0.5
    apart: float = 0.25
    accepts: Callable[[str], bool] = lambda _: True
    die: Callable[[int], None] = os._exit
    name: str = field(default_factory=worker_name)
    stopping: threading.Event = field(default_factory=threading.Event)
    bell: Bell = field(default_factory=Bell)
    role: str = ""
    _pulsed: float = float("-inf")
    _renewed: float = float("-inf")
    _kept: float = float("-inf")
    _overdue: Overdue = field(default_factory=Overdue)
    _running: dict[str, tuple[JobRun, float, Future[None]]] = field(default_factory=dict)

    def run(self) -> None:
        """Work until `stopping` is set, then let running jobs end."""
        self.bell.listen()
        try:
            with ThreadPoolExecutor(self.threads, thread_name_prefix="job") as pool:
                changes = Changes()
                while not self.stopping.is_set():
                    did = self.turn(pool)
                    if not did:
                        self._rest(changes)
        finally:
            self.bell.close()

    def _rest(self, changes: Changes) -> None:
        """Wait for news: a turn asks a dozen questions, which would keep a machine busy that has nothing to do."""
        began = time.monotonic()
        until = began + max(self.longest, self.idle)
        while not self.stopping.is_set():
            rung = self.bell.wait(self.idle)
            try:
                if rung:
                    self.bell.wait_here(max(0.0, began + self.apart - time.monotonic()))
                    return
                if time.monotonic() >= until or changes.seen(hears=self.bell.hears):
                    return
            except DatabaseError:
                return  # the turn logs what is wrong

    def turn(self, pool: ThreadPoolExecutor) -> int:
        """One turn; answers how much was done. A fault of the database is logged and tried again next turn."""
        try:
            close_old_connections()
            self._pulse()
            self._renew()
            if holders := usecases.leaseholders():
                usecases.reap(now=_now(), dead_workers=dead_workers(holders), ran_out=self._overdue.stays)
            did = self._keep_schedules()
            did += sum(tick(_now()) for tick in self.ticks)
            return did + self._start_jobs(pool)
        except Exception:
            log.exception("worker.turn_failed")
            return 0

    def _keep_schedules(self) -> int:
        if time.monotonic() - self._kept < SCHEDULES_EVERY:
            return 0
        self._kept = time.monotonic()
        return usecases.keep_schedules(now=_now(), accepts=self.accepts)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > RENEWED_EVERY:
            usecases.renew([run for run, _, _ in self._running.values()], now=_now())
            usecases.catch_up_with_clock(now=_now())
            self._renewed = time.monotonic()

    def _pulse(self) -> None:
        if self.role and time.monotonic() - self._pulsed >= PULSE_SECONDS:
            usecases.pulse(self.role, self.name, now=_now())
            self._pulsed = time.monotonic()

    def _start_jobs(self, pool: ThreadPoolExecutor) -> int:
        self._forget_ended()
        started = 0
        while len(self._running) < self.threads:
            run = usecases.claim(self.name, now=_now(), names=self._claimable())
            if run is None:
                break
            future = pool.submit(_work, run)
            self._running[run.uid] = (run, time.monotonic(), future)
            future.add_done_callback(self.bell.ring)
            started += 1
        return started

    def _claimable(self) -> tuple[str, ...]:
        kinds = [kind for name in registry.known() if (kind := registry.kind_of(name)) is not None]
        long = {kind.name for kind in kinds if kind.time_limit > LONG_SECONDS}
        busy = sum(run.name in long for run, _, _ in self._running.values())
        free = busy < max(1, self.threads // 2)
        return tuple(kind.name for kind in kinds if self.accepts(kind.name) and (kind.name not in long or free))

    def _forget_ended(self) -> None:
        for uid, (run, began, future) in list(self._running.items()):
            kind = registry.kind_of(run.name)
            if future.done():
                if kind is not None and future.exception() is not None:
                    # How it ended could not be written down, the database being away: it runs again, and soon.
                    usecases.fail(run, kind, error=f"its end could not be recorded: {future.exception()}", now=_now())
                del self._running[uid]
            elif kind is not None and time.monotonic() - began > kind.time_limit:
                log.error("worker.job_overran", job=run.name, uid=uid, limit=kind.time_limit)
                usecases.fail(run, kind, error=f"ran longer than its limit of {kind.time_limit:g} s", now=_now())
                self.die(EXIT_STUCK)


def _work(run: JobRun) -> None:
    kind = registry.kind_of(run.name)
    assert kind is not None  # noqa: S101 - claim only takes jobs this process knows
    began = time.monotonic()
    try:
        kind.handler(run, run.payload)
    except registry.Abandon as reason:
        usecases.fail(run, kind, error=str(reason), now=_now(), final=True)
        log.warning("job.abandoned", job=run.name, uid=run.uid, reason=str(reason))
    except Refusal as refusal:
        usecases.fail(run, kind, error=f"{refusal.detail} {refusal.remedy}".strip(), now=_now())
        log.warning("job.refused", job=run.name, uid=run.uid, detail=refusal.detail, attempt=run.attempt)
    except Exception:
        usecases.fail(run, kind, error=traceback.format_exc(limit=20), now=_now())
        log.exception("job.failed", job=run.name, uid=run.uid, attempt=run.attempt)
    else:
        usecases.finish(run, now=_now())
        log.debug("job.done", job=run.name, uid=run.uid, seconds=round(time.monotonic() - began, 3))
    finally:
        connections.close_all()


def _now() -> datetime:
    return datetime.now(UTC)
