"""Who waits for work is woken by a commit of anybody's, and only by a commit."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction

from roadbed.ground import waking
from roadbed.ground.jobs import usecases
from roadbed.ground.waking import Bell

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


@pytest.fixture
def bell() -> Iterator[Bell]:
    made = Bell()
    made.listen()
    for _ in range(500):
        if made.hears:
            break
        threading.Event().wait(0.01)
    assert made.hears
    made.wait(0)
    yield made
    made.close()


def test_a_commit_wakes_and_a_rollback_does_not(bell: Bell):
    with transaction.atomic():
        waking.ring()
        assert not bell.wait(0.05)
        transaction.set_rollback(True)
    assert not bell.wait(0.2)
    with transaction.atomic():
        waking.ring()
    assert bell.wait(10)
    assert not bell.wait(0.05)


def test_a_job_that_somebody_enqueues_wakes_whoever_waits(bell: Bell):
    def enqueue() -> None:
        usecases.enqueue("nobody.knows", {}, now=datetime.now(UTC))
        connections.close_all()

    thread = threading.Thread(target=enqueue)
    thread.start()
    thread.join()
    assert bell.wait(10)


def test_a_bell_is_rung_by_its_own_threads_and_hears_nobody_once_it_is_closed(bell: Bell):
    bell.ring()
    assert bell.wait(10)
    bell.close()
    assert not bell.hears
    waking.ring()
    assert not bell.wait(0.05)


def test_pipes_of_processes_that_are_gone_are_put_away(bell: Bell):
    if connections["default"].vendor == "postgresql":
        assert not waking._folder().exists() or not list(waking._folder().iterdir())
        return
    left = waking._folder() / "4194305-0"
    os.mkfifo(left)
    waking.ring()
    other = Bell()
    other.listen()
    assert not left.exists()
    other.close()
    assert bell.wait(10)
