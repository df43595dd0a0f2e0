"""Long jobs leave room for short ones."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from roadbed.ground.jobs import registry, worker
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.jobs.worker import Worker

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
PAST = datetime.now(UTC) - timedelta(minutes=1)


def test_a_short_job_starts_while_more_long_ones_wait_than_there_are_threads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_schedules", {})
    registry.job("test.build", time_limit=1200.0)(lambda _run, _payload: None)
    registry.job("test.rollback", time_limit=300.0)(lambda _run, _payload: None)
    over = threading.Event()
    monkeypatch.setattr(worker, "_work", lambda _run: over.wait(10))
    for _ in range(6):
        enqueue("test.build", {}, now=PAST)
    enqueue("test.rollback", {}, now=PAST)
    working = Worker(threads=4)
    with ThreadPoolExecutor(4) as pool:
        working._start_jobs(pool)
        begun = sorted(run.name for run, _, _ in working._running.values())
        over.set()
    assert begun == ["test.build", "test.build", "test.rollback"]
