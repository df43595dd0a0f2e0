"""The watcher from outside and what it watches, all real processes: pager and web killed, and somebody is told."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

import roadbed
from faults.kills.database import postgres
from faults.kills.provider import provider
from faults.kills.stage import Stage, in_memory, staged
from faults.kills.tables import Tables
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver

CONFIG = """
[roadbed]
url = "http://127.0.0.1:{port}"
name = "the test"
every = 1
failures = 2
recoveries = 1
[[page]]
kind = "webhook"
address = "{address}"
secret = "shh"
"""


@contextmanager
def watcher(folder: Path, stage: Stage, hook: Receiver) -> Iterator[None]:
    """The watcher at work, started anew with each call and killed at the end."""
    config = folder / "watch.toml"
    config.write_text(CONFIG.format(port=stage.port, address=hook.url))
    command = [sys.executable, "-m", "roadbed.config.watcher", "--config", str(config)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    process = subprocess.Popen(command, env=kept | {"PYTHONPATH": str(Path(roadbed.__file__).parents[1])})
    try:
        yield
    finally:
        process.kill()
        process.wait(30)


def let_pass(stage: Stage, seconds: int) -> None:
    """Make the last pulses so much older, as if the time had passed."""
    with closing(sqlite3.connect(stage.folder / "roadbed.db", timeout=30)) as records, records:
        records.execute("UPDATE jobs_pulse SET at = strftime('%Y-%m-%d %H:%M:%f', at, ?)", (f"-{seconds} seconds",))


def vitals(stage: Stage) -> dict[str, str]:
    try:
        parts = httpx.get(f"http://127.0.0.1:{stage.port}/vitals", timeout=5, trust_env=False).json()["parts"]
    except (httpx.HTTPError, ValueError):
        return {}
    return {name: str(part["status"]) for name, part in parts.items()}


def until(what: str, seen: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


@pytest.fixture
def stage(tables: Tables) -> Iterator[Stage]:
    with in_memory() as folder, staged(folder / "data") as made:
        tables.give(made)
        yield made


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def said(hook: Receiver) -> list[str]:
    return [str(request.json["subject"]) for request in hook.requests]


def hook_says(hook: Receiver, words: str) -> None:
    with hook.came:
        assert hook.came.wait_for(lambda: any(words in one for one in said(hook)), 90), said(hook)


@pytest.mark.journey
def test_a_killed_pager_and_a_killed_web_are_told_of_and_so_is_their_return(
    stage: Stage, hook: Receiver, tmp_path: Path
):
    stage.start("web")
    stage.start("pager")
    until("the vitals are good", lambda: vitals(stage).get("pager") == "ok")
    with watcher(tmp_path, stage, hook):
        stage.kill("pager")
        let_pass(stage, 60)
        hook_says(hook, "pager is down")
        assert vitals(stage)["pager"] == "silent"
        stage.start("pager")
        hook_says(hook, "pager is up again")
    stage.kill("web")
    with watcher(tmp_path, stage, hook):
        hook_says(hook, "web is down")
    assert all(request.signed_by("shh") for request in hook.requests[-1:])
    assert sum("pager is down" in one for one in said(hook)) == 1


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_a_killed_postgresql_is_told_of_and_so_is_its_return_after_which_pages_go_out(hook: Receiver, tmp_path: Path):
    with (
        postgres() as database,
        provider() as pages,
        in_memory() as folder,
        staged(folder / "data", ROADBED_DATABASE=database.url) as stage,
    ):
        stage.prepare(["checkout-0"], kind="webhook", address=f"{pages.url}/{{name}}", tables=None)
        stage.start("web")
        stage.start("pager")
        until("the vitals are good", lambda: vitals(stage).get("pager") == "ok")
        with watcher(tmp_path, stage, hook):
            database.kill()
            hook_says(hook, "database is down")
            assert vitals(stage)["database"] == "down"
            database.start()
            hook_says(hook, "database is up again")
        stage.house("burn", ["checkout-0"])
        assert pages.await_(lambda: any(call.taken for call in pages.calls), seconds=60)
        assert not any("web is down" in one for one in said(hook))
