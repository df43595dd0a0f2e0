"""The long runs: a thousand kills of each process, and everything else that goes wrong, on both databases.

ROADBED_SOAK_KILLS says how many kills each process gets where there is less time.
"""

from __future__ import annotations

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
from faults.kills.account import Account
from faults.kills.database import postgres
from faults.kills.provider import FAILS, HANGS, TAKES, provider
from faults.kills.stage import in_memory, staged
from faults.kills.storm import SERVICES, Storm

KILLS = int(os.environ.get("ROADBED_SOAK_KILLS", "1000"))
TOGETHER = 50
"""Of each process, before everything rests once and the account is settled."""
COMPILER = shutil.which("cc") or shutil.which("gcc")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(4 * 3600)]
Say = Callable[[str], None]
Rows = dict[str, dict[str, int]]
REPEATED = 200
"""Kills of an Alertmanager to which all alerts are posted again after each: thousands of posts of thousands."""


@pytest.fixture(scope="module")
def say(request: pytest.FixtureRequest) -> Say:
    """Print in spite of pytest."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def print_(text: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n{text}\n")
            sys.stdout.flush()

    return print_


@pytest.fixture(scope="module")
def beside(say: Say) -> Iterator[Rows]:
    """What became of those that were killed, printed side by side at the end of the run."""
    rows: Rows = {}
    yield rows
    titles = list(dict.fromkeys(title for row in rows.values() for title in row))
    width = max(map(len, [*rows, ""])) + 2
    lines = ["".rjust(width) + "".join(title.rjust(len(title) + 3) for title in titles)]
    for name, row in rows.items():
        lines.append(name.rjust(width) + "".join(str(row.get(title, "-")).rjust(len(title) + 3) for title in titles))
    say("\n".join(lines))


@pytest.fixture
def folder() -> Iterator[Path]:
    with in_memory() as made:
        yield made


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
        try:
            yield made
        finally:
            made.stop()


def settled(made: Storm, say: Say, title: str, *, allowed: int, clock_moved: bool = False) -> Account:
    """Settle the account, print it, and fail for whatever must not be."""
    found = made.settle(clock_moved=clock_moved)
    say(f"{title}: {sum(made.stage.kills.values())} kills {made.stage.kills}, {found.answered} alerts answered, "
        f"{len(found.lost)} lost, {found.calls} messages, "
        f"{found.duplicates} twice (at most {allowed}, {found.worst} by one kill), "
        f"{len(made.on_call.acknowledged)} acknowledged, {len(found.acknowledgements_lost)} of them lost, "
        f"{len(found.after_acknowledgement)} sent after that, {len(made.silences)} silences, "
        f"{len(found.silences_lost)} of them lost, {len(found.silenced_paged)} broken")  # fmt: skip
    assert found.faults == {}
    assert found.duplicates <= allowed
    return found


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_thousand_kills_of_each_process_lose_nothing(kind: str, folder: Path, say: Say, beside: Rows):
    with ExitStack() as stack:
        database = stack.enter_context(postgres()) if kind == "PostgreSQL" else None
        made = stack.enter_context(storm(folder, seed=KILLS, database=database, ROADBED_STORM_PAGES="0"))
        began = time.monotonic()
        while (least := min(made.stage.kills.values())) < KILLS:
            made.torment(min(TOGETHER, KILLS - least))
            title = f"{kind}, {KILLS} of each wanted, after {time.monotonic() - began:.0f} s"
            found = settled(made, say, title, allowed=made.stage.kills["pager"])
        say(f"{kind}, seed {KILLS}, died of: {json.dumps(made.died_of(), indent=1)}")
        beside[f"Roadbed on {kind}"] = {
            "kills": sum(made.stage.kills.values()), "alerts": found.answered, "lost": len(found.lost),
            "twice": found.duplicates, "by one kill": found.worst,
            "silences": len(made.silences), "silences lost": len(found.silences_lost),
            "silenced, told": len(found.silenced_paged), "acknowledged": len(made.on_call.acknowledged),
            "acknowledgements lost": len(found.acknowledgements_lost),
        }  # fmt: skip


@pytest.mark.skipif(peer.BINARY is None, reason="no Alertmanager is installed; tools/setup.sh dev installs one")
@pytest.mark.parametrize("again", [False, True], ids=["once", "repeated"])
def test_the_same_kills_of_alertmanager(again: bool, say: Say, beside: Rows):  # noqa: FBT001 - a parameter of pytest's
    kills = min(KILLS, REPEATED) if again else KILLS
    folder = Path(tempfile.mkdtemp(prefix="roadbed-peer-", dir="/var/tmp"))
    try:
        with provider() as receiver:
            fate = peer.suffer(folder, receiver, kills=kills, seed=KILLS, again=again)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    how = "alerts repeated after each kill" if again else "each alert posted until answered"
    say(f"Alertmanager, {how}: {asdict(fate)}")
    beside[f"Alertmanager, {'repeated' if again else 'once'}"] = {
        "kills": fate.kills, "alerts": fate.answered, "lost": fate.lost, "twice": fate.duplicates,
        "silences": fate.silences, "silences lost": fate.silences_lost, "silenced, told": fate.silenced_paged,
    }  # fmt: skip
    assert fate.kills == kills


def test_the_database_stopped_and_started(folder: Path, say: Say):
    with postgres() as database, storm(folder, seed=1, database=database) as made:

        def away(seconds: float) -> None:
            made.await_message()
            database.stop()
            time.sleep(seconds)
            database.start()

        made.disturbed(*(partial(away, seconds) for seconds in (0.0, 2.0, 5.0, 40.0)))
        settled(made, say, "PostgreSQL stopped and started 4 times, once for 40 s", allowed=4)


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

    with storm(folder, seed=3, LD_PRELOAD=str(library), MOVED_CLOCK=str(clock)) as made:

        def moved(minutes: int) -> None:
            with clock.open("r+b") as file:
                file.write(struct.pack("q", minutes * 60))
            # Once at the new time at least.
            made.await_message()

        made.disturbed(*(partial(moved, minutes) for minutes in (40, -20, 10, 0)))
        settled(
            made, say, "The clock set 40 minutes forward, 60 back, 30 forward and 10 back", allowed=0, clock_moved=True
        )


def test_a_lock_that_is_held_for_long_doubles_no_message(folder: Path, say: Say):
    def locked(made: Storm) -> None:
        made.await_message()
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
