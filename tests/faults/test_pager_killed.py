"""The real pager process killed with SIGKILL at any moment: no page is lost, and one sent again has the same key."""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from faults.kills.stage import Stage, in_memory, staged
from faults.kills.tables import Tables
from roadbed.adapters.smtp.tests.sink import Sink, free_port, keep_after, smtp_sink, talking

SERVICES = [f"service-{number}" for number in range(32)]
LEFT = iter(SERVICES)
PORT = free_port()
LOCKED = 6.5
"""Seconds; a process waits 5 s for the lock."""


@pytest.fixture(scope="module")
def shared(tables: Tables) -> Iterator[Stage]:
    url = f"smtp://127.0.0.1:{PORT}"
    with in_memory() as folder, staged(folder / "data", ROADBED_SMTP=url, ROADBED_STORM_PAGES="0") as made:
        address = "{name}@kestrel.example"
        made.prepare(SERVICES, kind="smtp", address=address, tables=tables, step_seconds=3600)
        yield made


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    yield shared
    if "pager" in shared.pids:
        shared.kill("pager")
    shared.house("clear")


@pytest.fixture
def services() -> list[str]:
    """Eight services of the test's own."""
    return list(itertools.islice(LEFT, 8))


def told(stage: Stage, services: list[str]) -> dict[str, list[Any]]:
    """What is recorded about the pages of some services."""
    said = stage.house("tell")
    pages = {page["uid"] for page in said["pages"] if page["service"] in services}
    rows = [row for row in said["deliveries"] if row["alert__uid"] in pages]
    return {"pages": sorted(pages)} | {name: [row[name] for row in rows] for name in ("state", "key", "tries")}


def keys_of(sink: Sink) -> set[str]:
    return {mail["X-Roadbed-Key"] for mail in sink.mails}


def test_a_page_goes_out_within_five_seconds_of_its_fact(stage: Stage, services: list[str]):
    with smtp_sink(port=PORT) as sink:
        stage.start("pager")
        stage.house("burn", services[:1])
        sink.wait_for(1)
        recorded = stage.house("burn", services[1:])
        sink.wait_for(8)
    assert {mail["To"] for mail in sink.mails} == {"hanne@kestrel.example"}
    assert max(sink.at) - min(recorded) < 5


def test_killed_in_the_middle_of_a_delivery_the_page_is_sent_again_with_the_same_key(stage: Stage, services: list[str]):
    taken = threading.Event()

    def say_nothing(connection: Any, over: threading.Event) -> None:
        keep_after(lambda _: (taken.set(), over.wait(30)))(connection, over)

    with talking(say_nothing, port=PORT):
        stage.start("pager")
        stage.house("burn", services[:1])
        assert taken.wait(30)
        stage.kill("pager")
    before = told(stage, services)
    assert before["state"] == ["sending"]
    with smtp_sink(port=PORT) as sink:
        stage.start("pager")
        (mail,) = sink.wait_for(1)
        assert mail["X-Roadbed-Key"] == before["key"][0]
        stage.kill("pager")
    after = told(stage, services)
    assert (after["pages"], after["key"], after["tries"]) == (before["pages"], before["key"], [2])


def test_a_pager_that_is_killed_again_and_again_loses_no_page(stage: Stage, services: list[str]):
    with smtp_sink(port=PORT) as sink:
        stage.start("pager")
        stage.house("burn", services[:4])
        for number in range(1, 5):
            sink.wait_for(number)
            stage.restart("pager")
        stage.house("burn", services[4:])
        stage.restart("pager")
        with sink.came:
            assert sink.came.wait_for(lambda: len(keys_of(sink)) == 8, 60), f"{len(sink.mails)} mails came"
        deadline = time.monotonic() + 30
        while (found := told(stage, services))["state"] != ["sent"] * 8:
            assert time.monotonic() < deadline, found
    assert keys_of(sink) == set(found["key"])
    assert len(found["pages"]) == 8


def test_a_database_that_is_locked_while_a_page_is_taken_doubles_no_message(stage: Stage, services: list[str]):
    keys: list[bytes] = []
    once, again = threading.Event(), threading.Event()

    def lock(mail: bytes) -> None:
        keys.extend(re.findall(rb"(?im)^X-Roadbed-Key: (\S+)", mail))
        if once.is_set():
            again.set()
            return
        others.execute("BEGIN IMMEDIATE")
        once.set()

    with (
        closing(sqlite3.connect(stage.folder / "roadbed.db", isolation_level=None, check_same_thread=False)) as others,
        talking(keep_after(lock), port=PORT),
    ):
        stage.start("pager")
        stage.house("burn", services[:1])
        assert once.wait(30)
        # Longer than anybody waits for the lock.
        assert not again.wait(LOCKED)
        others.execute("ROLLBACK")
        deadline = time.monotonic() + 60
        while (found := told(stage, services))["state"] != ["sent"]:
            assert time.monotonic() < deadline, found
    assert len(keys) == 1
    assert found["tries"] == [1]
