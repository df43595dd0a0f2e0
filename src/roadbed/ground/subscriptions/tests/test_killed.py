"""The real sender killed with SIGKILL while it sends: nothing is lost, and what is sent again keeps its identity."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from roadbed.ground.subscriptions.models import Delivery
from roadbed.ground.subscriptions.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
SCRIPT = Path(__file__).with_name("sender_process.py")
SOURCES = Path(__file__).parents[4]
FACTS = 20


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=30)


def start(processes: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    names = {alias: str(connections[alias].settings_dict["NAME"]) for alias in ("default", "samples")}
    env = {**os.environ, "PYTHONPATH": str(SOURCES)}
    processes.append(subprocess.Popen([sys.executable, str(SCRIPT), json.dumps(names)], env=env))
    return processes[-1]


def test_a_sender_that_is_killed_loses_nothing(house: House, started: list[subprocess.Popen[bytes]]):
    house.subscribe("bus", kinds=("service.*",))
    uids = [house.record(number=number) for number in range(FACTS)]
    house.hook.wait = 0.02
    sender = start(started)
    house.hook.wait_for(6)
    # The receiver has it and has not answered yet: the sender cannot know how this one ends.
    sender.kill()
    sender.wait()
    start(started)
    over = threading.Event()
    while Delivery.objects.filter(state=Delivery.DELIVERED).count() < FACTS:
        assert not over.wait(0.05)
        assert started[-1].poll() is None
    arrived = [one.headers["Idempotency-Key"] for one in house.hook.requests]
    assert list(dict.fromkeys(arrived)) == uids
    assert FACTS <= len(arrived) <= FACTS + 1
    bodies = {(one.headers["Idempotency-Key"], one.body) for one in house.hook.requests}
    assert len(bodies) == FACTS
    assert Delivery.objects.count() == FACTS
