"""A whole runtime for tests: a data folder, a free port, real HAProxy and supervisord, and nothing left afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
from pytest_socket import socket_allow_hosts

from roadbed.adapters.local_runtime import Layout, LocalRuntime, accounts, launcher, processes
from roadbed.ground.ports.metrics import EdgeCounters, MeterUnreachable
from roadbed.ground.ports.runtime import ReleaseSpec, Switch

SERVICES = Path(__file__).parent / "services"
PYTHON = "exec /usr/bin/python3 service.py"


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], *, seconds: float = 15.0, what: str = "the condition") -> None:
    """Wait for something that gives no event."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about within {seconds} s"
        time.sleep(0.02)


class Stage:
    """One runtime and what a test does with it."""

    def __init__(self, data: Path, *, isolate: bool = False, server_timeout_ms: int = 30_000, slots: int = 64) -> None:
        self.layout = Layout(
            data, edge_port=free_port(), isolate=isolate, server_timeout_ms=server_timeout_ms, slots=slots
        )
        self.runtime = LocalRuntime(self.layout)
        self.said: list[tuple[str, str]] = []
        # Unix users outlive the data folder, so names are the test's own.
        self.name = f"shop-{uuid.uuid4().hex[:6]}"

    def report(self, step: str, line: str) -> None:
        self.said.append((step, line))

    def spec(self, number: int = 1, *, workload: str = "", **more: Any) -> ReleaseSpec:
        defaults = {"run": PYTHON, "ready_seconds": 10.0, "drain_seconds": 5.0}
        return ReleaseSpec(workload or self.name, "uid-of-it", number, f"{number:040x}", **(defaults | more))

    def fill(self, spec: ReleaseSpec) -> None:
        folder = self.runtime.fresh_folder(spec.workload, spec.number)
        for file in SERVICES.iterdir():
            shutil.copy(file, folder)

    def build(self, spec: ReleaseSpec) -> ReleaseSpec:
        self.fill(spec)
        self.runtime.build(spec, report=self.report)
        return spec

    def start(self, spec: ReleaseSpec) -> ReleaseSpec:
        self.runtime.start(self.build(spec), report=self.report)
        return spec

    def deploy(self, number: int = 1, *, workload: str = "", **more: Any) -> Switch:
        spec = self.start(self.spec(number, workload=workload, **more))
        return self.runtime.switch(spec, actor="asha", report=self.report)

    def roll_back(self, *, to: int | None = None, workload: str = "") -> Switch:
        return self.runtime.roll_back(workload or self.name, to=to, actor="asha", reason="errors", report=self.report)

    def get(self, path: str = "/", *, workload: str = "", seconds: float = 10.0) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.layout.edge_port, timeout=seconds)
        try:
            connection.request("GET", path, headers={"Host": self.layout.host_of(workload or self.name)})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def answers(self, path: str = "/", *, workload: str = "") -> bool:
        try:
            return self.get(path, workload=workload)[0] == 200
        except OSError:
            return False

    def counted(self, *, requests: int, workload: str = "") -> EdgeCounters:
        """The workload's counters once that many requests have been counted."""

        def found() -> EdgeCounters | None:
            with contextlib.suppress(MeterUnreachable):
                counters = {each.workload: each for each in self.runtime.read().counters}
                return counters.get(workload or self.name)
            return None

        until(lambda: found() is not None and found().requests >= requests, what=f"counting {requests} requests")
        return found()

    def folder(self, number: int = 1, *, workload: str = "") -> Path:
        return self.layout.release(workload or self.name, number)

    def pid(self, number: int = 1, *, workload: str = "") -> int | None:
        return processes.look(self.folder(number, workload=workload)).pid

    def edge_pid(self) -> int | None:
        return processes.look(self.layout.edge).pid

    def supervisord_pid(self) -> int:
        return int(self.runtime.daemon.call("getPID"))

    def alive(self) -> list[str]:
        """Every process that has to do with this data folder."""
        found = []
        needle = str(self.layout.data)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                environment = process.environ().get("ROADBED_RELEASE", "")
                ours = environment.startswith(needle) or process.cwd().startswith(needle)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {' '.join(process.cmdline())}")
        return found

    def close(self) -> None:
        self.runtime.shut_down()
        until(lambda: not self.alive(), seconds=5.0, what=f"the end of {self.alive()}")
        for workload in self.runtime.records.workloads():
            accounts.drop(workload, self.layout.home(workload))


@contextlib.contextmanager
def staged(**options: Any) -> Iterator[Stage]:
    """A stage below a folder that other users may pass, gone at the end with every process."""
    data = Path(tempfile.mkdtemp(prefix="roadbed stage %", dir="/tmp"))
    data.chmod(0o755)
    # The daemon and HAProxy are spoken to over sockets in the data folder; these reach nothing outside either.
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    stage = Stage(data, **options)
    try:
        yield stage
        stage.close()
    finally:
        stage.runtime.shut_down()
        shutil.rmtree(data, ignore_errors=True)


def kill(pid: int | None) -> None:
    """kill -9, and wait until the process is gone."""
    assert pid is not None
    record = processes.remember(pid)
    os.kill(pid, 9)
    until(lambda: not launcher.runs(record), what=f"the end of {pid}")


def run_module(*arguments: str, timeout: float = 60.0, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """The runtime's own command line, in a process of its own."""
    import sys

    source = Path(__file__).parents[4]
    return subprocess.run(
        [sys.executable, "-m", "roadbed.adapters.local_runtime", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        user=user,
        env=os.environ | {"PYTHONPATH": str(source)},
    )
