"""The long runs: a thousand kills of each process, and everything else that goes wrong, on both databases.

ROADBED_SOAK_KILLS says how many kills each process gets where there is less time.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from faults.kills import peer
from faults.kills.provider import FAILS, HANGS, TAKES, provider
from faults.kills.stage import in_memory, staged
from faults.kills.storm import SERVICES, Storm

KILLS = int(os.environ.get("ROADBED_SOAK_KILLS", "1000"))
TOGETHER = 100
"""Of each process, before everything rests once."""
COMPILER = shutil.which("cc") or shutil.which("gcc")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(4 * 3600)]
Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print in spite of pytest."""

    def print_(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")
            sys.stdout.flush()

    return print_


@pytest.fixture
def folder() -> Iterator[Path]:
    with in_memory() as made:
        yield made


def postgres() -> Any:
    """A PostgreSQL of one's own."""
    spec = importlib.util.spec_from_file_location("postgres", Path(__file__).parents[2] / "tools" / "postgres.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Server()


@contextmanager
def storm(folder: Path, *, seed: int, database: Any = None, **settings: str) -> Iterator[Storm]:
    """Everything started, on SQLite or on the given PostgreSQL."""
    if database is not None:
        settings["ROADBED_DATABASE"] = database.url
    with provider() as receiver, staged(folder / "data", **settings) as stage:
        address = f"{receiver.url}/{{name}}"
        stage.prepare(list(SERVICES), kind="webhook", address=address, tables=None)
        made = Storm(stage, receiver, seed=seed)
        made.begin()
        yield made


def settled(made: Storm, say: Say, title: str, *, allowed: int, clock_moved: bool = False) -> None:
    """Settle the account, print it, and fail for whatever must not be."""
    found = made.settle(clock_moved=clock_moved)
    say(f"{title}: {sum(made.stage.kills.values())} kills {made.stage.kills}, {found.answered} alerts answered, "
        f"{len(found.lost)} lost, {found.calls} messages, {found.duplicates} twice (at most {allowed}), "
        f"{len(made.on_call.acknowledged)} acknowledged, {len(found.acknowledgements_lost)} of them lost, "
        f"{len(found.after_acknowledgement)} sent after that, {len(made.silences)} silences, "
        f"{len(found.silences_lost)} of them lost, {len(found.silenced_paged)} broken")  # fmt: skip
    assert found.faults == {}
    assert found.duplicates <= allowed


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_thousand_kills_of_each_process_lose_nothing(kind: str, folder: Path, say: Say):
    with ExitStack() as stack:
        database = postgres() if kind == "PostgreSQL" else None
        if database is not None:
            stack.callback(database.close)
            database.start()
        made = stack.enter_context(storm(folder, seed=KILLS, database=database, ROADBED_STORM_PAGES="0"))
        began = time.monotonic()
        while (least := min(made.stage.kills.values())) < KILLS:
            made.torment(min(TOGETHER, KILLS - least))
            say(f"{kind}: {made.stage.kills}, of {KILLS} kills of each, in {time.monotonic() - began:.0f} s")
        say(f"{kind}, seed {KILLS}, died of: {json.dumps(made.died_of(), indent=1)}")
        settled(made, say, kind, allowed=made.stage.kills["pager"])


def test_the_database_stopped_and_started(folder: Path, say: Say):
    database = postgres()
    try:
        database.start()

        def away(seconds: float) -> None:
            time.sleep(1)
            database.stop()
            time.sleep(seconds)
            database.start()

        with storm(folder, seed=1, database=database) as made:
            made.disturbed(*(partial(away, seconds) for seconds in (0.0, 2.0, 5.0, 40.0)))
            settled(made, say, "PostgreSQL stopped and started 4 times, once for 40 s", allowed=4)
    finally:
        database.close()


@pytest.mark.root
def test_a_full_disk(say: Say):
    folder = Path(tempfile.mkdtemp(prefix="roadbed-full-", dir="/var/tmp"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "tmpfs", str(folder)], check=True)
    ballast = folder / "ballast"

    def full(seconds: float) -> None:
        subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], capture_output=True, check=False)
        time.sleep(seconds)
        ballast.unlink()

    try:
        with storm(folder, seed=2) as made:
            made.disturbed(*(partial(full, seconds) for seconds in (3.0, 10.0, 20.0)))
            settled(made, say, "The disk full 3 times, up to 20 s", allowed=3)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler, for moving the clock of some processes only")
def test_the_clock_moved(folder: Path, say: Say):
    clock, library = folder / "clock", folder / "clock.so"
    clock.write_bytes(struct.pack("q", 0))
    source = Path(__file__).parent / "kills" / "clock.c"
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-O1", "-o", library, source], check=True)

    def moved(minutes: int) -> None:
        with clock.open("r+b") as file:
            file.write(struct.pack("q", minutes * 60))
        time.sleep(3)

    with storm(folder, seed=3, LD_PRELOAD=str(library), MOVED_CLOCK=str(clock)) as made:
        made.disturbed(*(partial(moved, minutes) for minutes in (40, -20, 10, 0)))
        settled(
            made, say, "The clock set 40 minutes forward, 60 back, 30 forward and 10 back", allowed=0, clock_moved=True
        )


def test_a_lock_that_is_held_for_long_doubles_no_message(folder: Path, say: Say):
    def locked(made: Storm) -> None:
        time.sleep(1)
        with sqlite3.connect(made.stage.folder / "roadbed.db", isolation_level=None, timeout=60) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(8)
            other.execute("ROLLBACK")

    with storm(folder, seed=4) as made:
        made.disturbed(*[partial(locked, made)] * 3)
        settled(made, say, "Another process held the write lock for 8 s, 3 times", allowed=0)


def test_the_provider_fails_and_hangs(folder: Path, say: Say):
    with storm(folder, seed=5) as made:

        def behaves(how: str, seconds: float) -> None:
            made.provider.behaviour = how
            time.sleep(seconds)
            made.provider.behaviour = TAKES

        made.disturbed(*(partial(behaves, how, seconds) for how in (FAILS, HANGS) for seconds in (2.0, 15.0)))
        settled(made, say, "The provider failed and hung, 15 s each", allowed=0)


@pytest.mark.skipif(peer.BINARY is None, reason="no Alertmanager is installed; tools/setup.sh dev installs one")
@pytest.mark.parametrize("again", [False, True], ids=["once", "repeated"])
def test_the_same_kills_of_alertmanager(again: bool, say: Say):  # noqa: FBT001 - a parameter of pytest's
    folder = Path(tempfile.mkdtemp(prefix="roadbed-peer-", dir="/var/tmp"))
    try:
        with provider() as receiver:
            fate = peer.suffer(folder, receiver, kills=min(KILLS, 200), seed=KILLS, again=again)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    how = "alerts repeated after each kill" if again else "each alert posted until answered"
    say(f"Alertmanager, {how}: {asdict(fate)}")
    assert fate.kills == min(KILLS, 200)
