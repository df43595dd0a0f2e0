"""Real workers: two never run one job twice, one that is killed loses nothing, one that is stuck ends itself."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connections

from roadbed.ground.jobs import registry, usecases
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.rules import JobKind
from roadbed.ground.jobs.watching import Changes
from roadbed.ground.jobs.worker import EXIT_STUCK, Worker, dead_workers, worker_name

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
SCRIPT = Path(__file__).with_name("worker_process.py")
SOURCES = Path(__file__).parents[4]


class Crew:
    """Worker processes that a test starts, ended with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, limit: float = 300.0) -> subprocess.Popen[bytes]:
        names = {alias: str(connections[alias].settings_dict["NAME"]) for alias in ("default", "samples")}
        command = [sys.executable, str(SCRIPT), json.dumps(names), str(self.folder), str(limit)]
        env = {**os.environ, "PYTHONPATH": str(SOURCES)}
        process = subprocess.Popen(command, env=env)
        self.processes.append(process)
        until(lambda: (self.folder / f"ready-{process.pid}").exists() or process.poll() is not None)
        assert process.poll() is None
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.wait(timeout=30)


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what another process does; fails when it never does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    made = Crew(tmp_path)
    yield made
    (tmp_path / "go").touch()
    made.end()


def now() -> datetime:
    return datetime.now(UTC)


def state(uid: str) -> str:
    return Job.objects.values_list("state", flat=True).get(uid=uid)


def test_two_workers_run_forty_jobs_once_each(crew: Crew):
    uids = [usecases.enqueue("test.count", {"number": number}, now=now()) for number in range(40)]
    crew.start()
    crew.start()
    until(lambda: Job.objects.filter(state=Job.DONE).count() == len(uids))
    runs = [(crew.folder / f"count-{number}").read_text().splitlines() for number in range(40)]
    assert all(len(lines) == 1 for lines in runs)
    assert Job.objects.exclude(attempts=1).count() == 0


def test_a_killed_workers_job_runs_again_at_once_and_comes_out(crew: Crew):
    uid = usecases.enqueue("test.hang", {}, now=now())
    first = crew.start()
    # The file is there before its line is.
    until(lambda: (crew.folder / "hang").exists() and (crew.folder / "hang").read_text() == "1\n")
    first.kill()
    first.wait(timeout=30)
    assert state(uid) == Job.RUNNING
    began = time.monotonic()
    crew.start()
    until(lambda: (crew.folder / "hang").read_text() == "1\n2\n")
    assert time.monotonic() - began < usecases.LEASE.total_seconds()
    (crew.folder / "go").touch()
    until(lambda: state(uid) == Job.DONE)
    assert (crew.folder / "done").read_text() == "2"


def test_a_worker_with_a_job_beyond_its_limit_ends_itself_and_the_job_waits_for_its_next_try(crew: Crew):
    uid = usecases.enqueue("test.hang", {}, now=now())
    stuck = crew.start(limit=0.3)
    assert stuck.wait(timeout=30) == EXIT_STUCK
    job = Job.objects.get(uid=uid)
    assert (job.state, job.attempts) == (Job.WAITING, 1)
    assert "limit" in job.error
    assert job.run_at > now()


def test_a_worker_told_to_stop_lets_its_job_end(crew: Crew):
    uid = usecases.enqueue("test.hang", {}, now=now())
    worker = crew.start()
    until((crew.folder / "hang").exists)
    worker.send_signal(signal.SIGTERM)
    (crew.folder / "go").touch()
    assert worker.wait(timeout=30) == 0
    assert state(uid) == Job.DONE


def test_a_worker_on_another_machine_is_not_called_dead():
    assert dead_workers((worker_name(),)) == ()
    assert dead_workers(("other-host:1:1", "nonsense", "a:b:c")) == ()
    mine = worker_name().rsplit(":", 2)
    reborn = f"{mine[0]}:{mine[1]}:1"
    gone = f"{mine[0]}:4194305:{mine[2]}"
    assert dead_workers((reborn, gone)) == (reborn, gone)


def test_a_tick_that_breaks_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_schedules", {})
    turns: list[datetime] = []
    worker = Worker(idle=0.001, threads=1)

    def tick(at: datetime) -> int:
        turns.append(at)
        if len(turns) == 3:
            worker.stopping.set()
        if len(turns) == 1:
            raise RuntimeError("broken")
        return 0

    worker.ticks = (tick,)
    worker.run()
    assert len(turns) == 3


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No job and no schedule but a test's own."""
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_schedules", {})
    yield
    connections.close_all()


@contextmanager
def locked(uid: str) -> Iterator[None]:
    """Another connection holds what the end of a job would be written to."""
    told = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        with closing(sqlite3.connect(told["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    import psycopg

    parts = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "dbname": told["NAME"]}
    with psycopg.connect(**parts) as other:
        other.execute("SELECT 1 FROM jobs_job WHERE uid = %s FOR UPDATE", [uid])
        yield


@pytest.mark.usefixtures("alone")
def test_a_job_whose_end_could_not_be_written_down_runs_again_and_soon():
    ran, over = Event(), Event()

    def handler(_run: usecases.JobRun, _payload: dict[str, object]) -> None:
        with connections["default"].cursor() as cursor:
            sqlite = connections["default"].vendor == "sqlite"
            cursor.execute("PRAGMA busy_timeout = 1" if sqlite else "SET lock_timeout = 1")
        ran.set()
        over.wait(30)

    registry._kinds["test.end"] = JobKind(name="test.end", handler=handler)
    uid = usecases.enqueue("test.end", {}, now=now())
    worker = Worker(threads=1)
    with ThreadPoolExecutor(1) as pool:
        assert worker.turn(pool) == 1
        assert ran.wait(30)
        with locked(uid):
            over.set()
            # The one thread is free again when the job's has ended.
            pool.submit(connections.close_all).result()
        worker.turn(pool)
    job = Job.objects.get(uid=uid)
    assert (job.state, job.attempts) == (Job.WAITING, 1)
    assert "could not be recorded" in job.error
    assert job.run_at < now() + usecases.LEASE / 2


@pytest.mark.usefixtures("alone")
def test_a_clock_that_jumped_takes_no_job_from_who_runs_it():
    registry._kinds["test.far"] = JobKind(name="test.far", handler=lambda _run, _payload: None)
    uid = usecases.enqueue("test.far", {}, now=now())
    Job.objects.filter(uid=uid).update(run_at=now() - timedelta(hours=2))
    assert usecases.claim("another-machine:1:1", now=now() - timedelta(hours=1), names=["test.far"]) is not None
    with ThreadPoolExecutor(1) as pool:
        assert [Worker(threads=1).turn(pool) for _ in range(2)] == [0, 0]
    assert state(uid) == Job.RUNNING


def test_changes_tells_commits_of_others_and_nothing_else():
    changes = Changes()
    changes.seen()
    if connections["default"].vendor != "sqlite":
        assert changes.seen()
        return
    assert not changes.seen()

    def commit() -> None:
        usecases.enqueue("nobody.knows", {}, now=datetime.now(UTC))
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(commit).result()
    assert changes.seen()
    assert not changes.seen()


@contextmanager
def at_work(worker: Worker) -> Iterator[None]:
    """A worker in a thread of its own, stopped at the end."""

    def work() -> None:
        try:
            worker.run()
        finally:
            connections.close_all()

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stopping.set()
        worker.bell.ring()
        thread.join(30)


def test_a_worker_at_rest_starts_at_once_what_somebody_enqueues(monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    kind = JobKind(name="test.quick", handler=lambda _run, payload: done.append(payload["word"]))
    monkeypatch.setattr(registry, "_kinds", {"test.quick": kind})
    monkeypatch.setattr(registry, "_schedules", {})
    with at_work(Worker(idle=0.02, longest=3600.0)):
        usecases.enqueue("test.quick", {"word": "now"}, now=datetime.now(UTC))
        until(lambda: done == ["now"])
    assert Job.objects.get(name="test.quick").state == Job.DONE


def test_a_worker_that_is_called_again_and_again_takes_turns_apart(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_schedules", {})
    turns: list[float] = []

    def tick(_: datetime) -> int:
        turns.append(time.monotonic())
        # Whoever works makes news, which comes back like that of others.
        usecases.enqueue("test.nobody", {}, now=datetime.now(UTC))
        return 0

    worker = Worker(ticks=(tick,), idle=0.05, longest=30.0, apart=0.1)
    with at_work(worker):
        until(lambda: len(turns) >= 4)
    assert min(later - earlier for earlier, later in pairwise(turns)) >= 0.1


def test_what_ends_in_a_worker_itself_waits_for_no_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_schedules", {})
    turns: list[float] = []

    def tick(_: datetime) -> int:
        turns.append(time.monotonic())
        worker.bell.ring()
        return 0

    worker = Worker(ticks=(tick,), idle=0.05, longest=30.0, apart=30.0)
    with at_work(worker):
        until(lambda: len(turns) >= 4)
    assert turns[3] - turns[0] < worker.apart
