"""A Roadbed of the processes that page, each of which can be killed at any moment and started again at once."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import roadbed
from faults.kills.moments import Moment
from faults.kills.tables import Tables
from roadbed.adapters.smtp.tests.sink import free_port

NAMES = ("web", "pager", "worker")
STEP_SECONDS = 6


@dataclass
class Stage:
    """Its processes and the door for alerts."""

    folder: Path
    port: int
    forks: subprocess.Popen[bytes]
    pids: dict[str, int] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    killed: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    key: str = ""
    token: str = ""

    def ask(self, **told: Any) -> Any:
        """Give the forks one command."""
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        with self.lock:
            self.forks.stdin.write(json.dumps(told).encode() + b"\n")
            self.forks.stdin.flush()
            said = json.loads(self.forks.stdout.readline())
        assert "fault" not in said, said["fault"]
        return said["answer"]

    def house(self, verb: str, *arguments: Any) -> Any:
        """Run a function of `house`."""
        return self.ask(do="call", verb=verb, arguments=list(arguments))

    def prepare(
        self, services: list[str], *, kind: str, address: str, tables: Tables | None, step_seconds: int = STEP_SECONDS
    ) -> None:
        """Make its tables, or take those that are made already; people with a channel of a kind each; services."""
        if tables is None:
            self.house("migrate")
        else:
            tables.give(self)
        made = self.house("prepare", services, kind, address, step_seconds)
        self.key, self.token = made["key"], made["token"]

    def start(self, name: str, moment: Moment | None = None, *, cold: bool = False) -> None:
        """Start a process; with a moment it ends itself at that, cold it imports everything itself."""
        told = None if moment is None else asdict(moment)
        self.pids[name] = self.ask(do="start", name=name, moment=told, cold=cold)

    def await_end(self, name: str, *, seconds: float) -> bool:
        """Wait until a process has ended, as one that had a moment does by itself; answers whether it has."""
        try:
            watched = os.pidfd_open(self.pids[name])
        except (KeyError, ProcessLookupError):
            return True  # somebody else killed it
        try:
            return bool(select.select([watched], [], [], seconds)[0])
        finally:
            os.close(watched)

    def kill(self, name: str) -> None:
        """SIGKILL for the whole group; returns when none of it is left."""
        self.ask(do="end", pid=self.pids[name])
        del self.pids[name]
        self.kills[name] += 1
        self.killed.setdefault(name, []).append(time.time())

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def request(self, method: str, path: str, body: Any = None, *, timeout: float = 20) -> tuple[int, Any]:
        """One request of an administrator.

        Raises:
            OSError, HTTPException: where nobody answered.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def await_web(self, *, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                if self.request("GET", "/healthz")[0] == 200:
                    return
            assert time.monotonic() < deadline, "the web server did not come up"
            time.sleep(0.02)

    def log(self, name: str) -> str:
        """What a process wrote."""
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder of its own in memory where there is one: SIGKILL takes no written page from anybody, so that waiting
    for a disk that others use would tell nothing more."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="roadbed-kills-", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def staged(folder: Path, **settings: str) -> Iterator[Stage]:
    """A stage in a data folder, with further environment such as ROADBED_DATABASE; every process gone at the end."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    environment = kept | {
        "ROADBED_DATA": str(folder),
        "ROADBED_ADDRESS": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "roadbed.config.settings",
        "PYTHONPATH": os.pathsep.join([str(Path(roadbed.__file__).parents[1]), str(Path(__file__).parents[2])]),
        **settings,
    }
    with (folder.parent / f"{folder.name}.forks.log").open("ab") as log:
        forks = subprocess.Popen(
            [sys.executable, "-m", "faults.kills.forks"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    made = Stage(folder, port, forks)
    assert forks.stdin is not None
    assert forks.stdout is not None
    try:
        ready = forks.stdout.readline()
        assert ready, Path(log.name).read_text()[-3000:]
        yield made
    finally:
        # Whatever it started ends with it.
        forks.stdin.close()
        forks.wait(120)
        forks.stdout.close()
