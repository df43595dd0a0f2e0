"""Positions are seen in order while eight writers write: a reader that only asks for what is newer misses nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import facts_after
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WRITERS, UNITS, FACTS = 8, 25, 3


def _write(writer: int, start: threading.Barrier, faults: list[BaseException]) -> None:
    try:
        start.wait(timeout=30)
        for number in range(UNITS):
            with unit(ROADBED, now=NOW) as writing:
                for part in range(FACTS):
                    writing.record("gate.asked", f"w{writer}", source="test", source_id=f"{writer}:{number}:{part}")
    except BaseException as fault:  # noqa: BLE001 - shown by the test
        faults.append(fault)
    finally:
        connections.close_all()


def _follow(done: threading.Event, seen: list[int]) -> None:
    try:
        position = 0
        while True:
            last_round = done.is_set()
            facts = facts_after(position, limit=7)
            seen.extend(fact.position for fact in facts)
            position = seen[-1] if seen else 0
            if last_round and not facts:
                return
    finally:
        connections.close_all()


def test_a_cursor_misses_no_fact_of_eight_writers():
    start, done = threading.Barrier(WRITERS), threading.Event()
    seen: list[int] = []
    faults: list[BaseException] = []
    writers = [threading.Thread(target=_write, args=(number, start, faults)) for number in range(WRITERS)]
    reader = threading.Thread(target=_follow, args=(done, seen))
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join(timeout=120)
    done.set()
    reader.join(timeout=60)
    assert faults == []
    assert len(seen) == WRITERS * UNITS * FACTS
    assert seen == sorted(set(seen))
    assert set(seen) == set(Fact.objects.values_list("position", flat=True))


def test_facts_of_a_unit_that_commits_late_are_not_passed_by_a_reader():
    """The order of commits, not of writing, decides: a unit that is open long must not take a lower position."""
    if connection.vendor == "sqlite":
        # There is one writer at a time, which holds the lock from its first statement, so nothing can commit between.
        with unit(ROADBED, now=NOW) as writing:
            writing.record("gate.asked", "a")
            assert facts_after(0) == ()
        assert len(facts_after(0)) == 1
        return
    opened, quick_done = threading.Event(), threading.Event()

    def slow() -> None:
        with unit(ROADBED, now=NOW) as writing:
            writing.record("gate.asked", "slow")
            opened.set()
            quick_done.wait(timeout=30)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert opened.wait(timeout=30)
    with unit(ROADBED, now=NOW) as writing:
        writing.record("gate.asked", "quick")
    position = facts_after(0)[-1].position
    quick_done.set()
    thread.join(timeout=30)
    assert [fact.subject for fact in facts_after(position)] == ["slow"]
