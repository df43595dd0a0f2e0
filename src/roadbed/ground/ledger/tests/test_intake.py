"""Commits that are shared: nobody is answered before its row is written, and no row takes another with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from roadbed.ground.ledger.intake import Intake


def test_each_returns_after_its_own_row_is_written_and_rows_share_writes():
    written: set[int] = set()
    batches: list[int] = []
    first, rest = threading.Event(), threading.Event()

    def write(rows: Sequence[int]) -> None:
        if rows == [0]:
            first.set()
            rest.wait(10)
        written.update(rows)
        batches.append(len(rows))

    intake: Intake[int] = Intake(write, most=4)
    early: list[int] = []

    def put(row: int) -> None:
        intake.put(row)
        if row not in written:
            early.append(row)

    threads = [threading.Thread(target=put, args=(row,)) for row in range(10)]
    threads[0].start()
    assert first.wait(10)
    for thread in threads[1:]:
        thread.start()
    # While the first is written the others gather; then they are written by fours.
    while len(intake._waiting) < 9:
        threading.Event().wait(0.001)
    rest.set()
    for thread in threads:
        thread.join(10)
    assert (early, written) == ([], set(range(10)))
    assert batches == [1, 4, 4, 1]


def test_a_row_that_cannot_be_written_fails_alone_and_the_next_one_is_written():
    written: list[str] = []

    def write(rows: Sequence[str]) -> None:
        if "bad" in rows:
            raise ValueError("bad")
        written.extend(rows)

    intake: Intake[str] = Intake(write)
    with pytest.raises(ValueError, match="bad"):
        intake.put("bad")
    intake.put("good")
    assert written == ["good"]


def test_of_rows_that_share_a_write_only_the_bad_one_fails():
    written: list[int] = []
    gate, failed = threading.Event(), []

    def write(rows: Sequence[int]) -> None:
        if rows == [0]:
            gate.wait(10)
        if 3 in rows:
            raise ValueError("three")
        written.extend(rows)

    intake: Intake[int] = Intake(write)

    def put(row: int) -> None:
        try:
            intake.put(row)
        except ValueError:
            failed.append(row)

    threads = [threading.Thread(target=put, args=(row,)) for row in range(6)]
    threads[0].start()
    while not intake._writing:
        threading.Event().wait(0.001)
    for thread in threads[1:]:
        thread.start()
    while len(intake._waiting) < 5:
        threading.Event().wait(0.001)
    gate.set()
    for thread in threads:
        thread.join(10)
    assert (sorted(written), failed) == ([0, 1, 2, 4, 5], [3])
