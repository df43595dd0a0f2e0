"""The watcher from outside and what it watches, all real processes: pager and web killed, and somebody is told."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

import roadbed
from roadbed.adapters.smtp.tests.sink import free_port
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver

PREPARE = """
import django
django.setup()
from roadbed.config import schema
schema.migrate()
"""
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


@dataclass
class Stage:
    """A data folder and the processes of one Roadbed, with its watcher."""

    folder: Path
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
        return kept | {
            "ROADBED_DATA": str(self.folder / "data"),
            "ROADBED_ADDRESS": f"127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "roadbed.config.settings",
            "PYTHONPATH": str(Path(roadbed.__file__).parents[1]),
        }

    def start(self, name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"roadbed.config.{name}", *arguments]
        self.running[name] = subprocess.Popen(command, env=self.environment())

    def kill(self, name: str) -> None:
        # A web process has workers, which would go on answering without it: web and pager lead groups of their own.
        process = self.running.pop(name)
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait(30)

    def let_pass(self, seconds: int) -> None:
        """Make the last pulses so much older, as if the time had passed."""
        with closing(sqlite3.connect(self.folder / "data" / "roadbed.db", timeout=30)) as records, records:
            records.execute("UPDATE jobs_pulse SET at = strftime('%Y-%m-%d %H:%M:%f', at, ?)", (f"-{seconds} seconds",))

    def vitals(self) -> dict[str, str]:
        try:
            parts = httpx.get(f"http://127.0.0.1:{self.port}/vitals", timeout=5, trust_env=False).json()["parts"]
        except (httpx.HTTPError, ValueError):
            return {}
        return {name: str(part["status"]) for name, part in parts.items()}


def until(what: str, seen: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, free_port())
    subprocess.run([sys.executable, "-c", PREPARE], env=made.environment(), check=True, timeout=120)
    yield made
    for name in list(made.running):
        made.kill(name)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def said(hook: Receiver) -> list[str]:
    return [str(request.json["subject"]) for request in hook.requests]


@pytest.mark.journey
def test_a_killed_pager_and_a_killed_web_are_told_of_and_so_is_their_return(stage: Stage, hook: Receiver):
    config = stage.folder / "watch.toml"
    config.write_text(CONFIG.format(port=stage.port, address=hook.url))
    stage.start("web")
    stage.start("pager")
    until("the vitals are good", lambda: stage.vitals().get("pager") == "ok")
    stage.start("watcher", "--config", str(config))
    stage.kill("pager")
    stage.let_pass(60)
    until("the pager is told of", lambda: any("pager is down" in one for one in said(hook)))
    assert stage.vitals()["pager"] == "silent"
    stage.start("pager")
    until("its return is told of", lambda: any("pager is up again" in one for one in said(hook)))
    stage.kill("watcher")
    stage.kill("web")
    stage.start("watcher", "--config", str(config))
    until("the web is told of", lambda: any("web is down" in one for one in said(hook)))
    assert all(request.signed_by("shh") for request in hook.requests[-1:])
    assert sum("pager is down" in one for one in said(hook)) == 1
