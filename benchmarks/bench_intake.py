"""Webhook intake: deliveries a second through the real web server, each signed, checked and committed before its answer.

A Roadbed's web process of its own with a data folder of its own serves on loopback, once on SQLite (write-ahead log,
synchronous FULL) and once on a PostgreSQL of its own with fsync and synchronous_commit as they come; a client posts the
same push of GitHub with an identity of its own each time over keep-alive connections. What is counted is deliveries a
second of the processor time of the server and of its database together, which is what one core gives, and beside it
deliveries a second by the clock, where client and neighbours share the machine. Afterwards server and database are
killed with SIGKILL and every delivery that was answered is looked for in the database.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

SOURCES = Path(__file__).parents[1] / "src"
SENT, CLIENTS, WARM = 8000, 16, 400
SETUP = """
import sys
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
for alias in ("default", "samples"):
    call_command("migrate", database=alias, verbosity=0)
from roadbed.config.wiring import wire
wire()
from roadbed.delivery.changes.sources import usecases
from roadbed.ground.people.rules import ROADBED
print(usecases.add(ROADBED, "github", "bench", now=datetime.now(UTC)).secret)
"""


def payload() -> bytes:
    """A push of three commits, about as large as those of a small team."""
    commits = [
        {
            "id": f"{number:040x}", "message": f"Change {number}\n\nWhy it was needed, in a few words.",
            "timestamp": "2026-11-28T09:00:00Z", "author": {"name": "Mara", "username": "mara"}, "added": [],
            "removed": [], "modified": [f"src/{number}/{name}.py" for name in range(10)],
        }
        for number in range(1, 4)
    ]  # fmt: skip
    repository = {
        "html_url": "https://github.com/acme/shop",
        **{f"{name}_url": "https://api.github.com/repos/acme/shop" * 5 for name in "abcdefghijklmnopqrstuvwxyz"},
    }
    body = {
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": f"{3:040x}",
        "repository": repository,
        "commits": commits,
    }
    return json.dumps(body).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(port: int, secret: str, numbers: range, answered: list[str], failed: list[int]) -> None:
    body = payload()
    signature = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "X-GitHub-Event": "push", "X-Hub-Signature-256": signature}
    for number in numbers:
        identity = f"delivery-{number}"
        connection.request("POST", "/in/bench", body, {**headers, "X-GitHub-Delivery": identity})
        answer = connection.getresponse()
        answer.read()
        (answered if answer.status == 202 else failed).append(identity if answer.status == 202 else answer.status)
    connection.close()


def storm(door: tuple[int, str], first: int, count: int, answered: list[str], failed: list[int]) -> None:
    each = count // CLIENTS
    threads = [
        threading.Thread(target=post, args=(*door, range(first + n * each, first + (n + 1) * each), answered, failed))
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Files:
    """SQLite in the data folder."""

    name, size = "SQLite", "synchronous FULL"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}

    def processes(self) -> list[psutil.Process]:
        """Those of the database itself."""
        return []

    def after_a_kill(self) -> set[str]:
        """The identities of the deliveries that it has when it was killed."""
        with sqlite3.connect(self.folder / "roadbed.db") as records:
            return {row[0] for row in records.execute("SELECT delivery_id FROM ledger_inboxitem")}

    def close(self) -> None:
        """Nothing is left to do."""


class Postgres:
    """A PostgreSQL of one's own that waits for the disk at each commit."""

    name, size = "PostgreSQL", "fsync on, synchronous_commit on"

    def __init__(self, folder: Path) -> None:
        del folder
        spec = importlib.util.spec_from_file_location("postgres", SOURCES.parent / "tools" / "postgres.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.server = module.Server()
        self.server.start(durable=True)
        self.environment = {"ROADBED_DATABASE": self.server.url}

    def processes(self) -> list[psutil.Process]:
        """The server and those that it has for each connection and for its own work."""
        process = int((self.server.root / "data" / "postmaster.pid").read_text().split()[0])
        parent = psutil.Process(process)
        return [parent, *parent.children(recursive=True)]

    def after_a_kill(self) -> set[str]:
        """Kill all of it, start it again, and read the identities of the deliveries that it has."""
        for one in self.processes():
            # Some see that the first of them is gone, and end by themselves.
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
                one.wait(60)
        self.server.start(durable=True)
        with psycopg.connect(self.server.url) as records:
            return {row[0] for row in records.execute("SELECT delivery_id FROM ledger_inboxitem")}

    def close(self) -> None:
        """Stop it and leave nothing."""
        self.server.close()


def processor(processes: list[psutil.Process]) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def run() -> list[dict[str, Any]]:
    return [figure for store in (Files, Postgres) for figure in on(store)]


def on(store: type[Files | Postgres]) -> list[dict[str, Any]]:
    """The figures on one database."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-intake-"))
    database: Files | Postgres | None = None
    server: subprocess.Popen[bytes] | None = None
    port = free_port()
    try:
        database = store(folder)
        environment = {**os.environ, "ROADBED_DATA": str(folder), "PYTHONPATH": str(SOURCES), "ROADBED_ADDRESS": f"127.0.0.1:{port}",
                       "DJANGO_SETTINGS_MODULE": "roadbed.config.settings", **database.environment}  # fmt: skip
        made = subprocess.run(
            [sys.executable, "-c", SETUP], env=environment, capture_output=True, text=True, check=True
        )
        secret = made.stdout.strip().splitlines()[-1]
        server = subprocess.Popen([sys.executable, "-m", "roadbed.config.web"], env=environment, start_new_session=True)
        wait_for(port)
        answered: list[str] = []
        failed: list[int] = []
        storm((port, secret), 0, WARM, answered, failed)
        parent = psutil.Process(server.pid)
        ours, theirs = [parent, *parent.children(recursive=True)], database.processes()
        used, used_there, began = processor(ours), processor(theirs), time.perf_counter()
        storm((port, secret), WARM, SENT, answered, failed)
        seconds = time.perf_counter() - began
        used, used_there = processor(ours) - used, processor(theirs) - used_there
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        lost = len(set(answered) - database.after_a_kill())
    finally:
        if server is not None and server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        if database is not None:
            database.close()
        shutil.rmtree(folder, ignore_errors=True)
    size = f"{SENT:,} signed pushes of {len(payload()):,} bytes over {CLIENTS} connections, {store.size}"
    told = [
        {"name": "deliveries a second of one core", "value": SENT / (used + used_there), "unit": "/s", "target": 1000,
         "at_least": True, "size": size},
        {"name": "deliveries a second by the clock", "value": SENT / seconds, "unit": "/s",
         "size": "client on the same machine"},
        {"name": "processor time of the database a delivery", "value": used_there / SENT * 1e6, "unit": "µs"},
        {"name": "answered and lost after SIGKILL", "value": lost, "unit": "", "target": 0,
         "size": f"{len(answered):,} answered, {len(failed)} refused"},
    ]  # fmt: skip
    return [{**one, "name": f"intake, {store.name}: {one['name']}"} for one in told]


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not come up")


if __name__ == "__main__":
    for figure in run():
        print(figure)
