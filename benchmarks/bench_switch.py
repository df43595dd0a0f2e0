"""Switch and rollback under keep-alive load: failed requests, seconds, and the runtime's memory; peer: HAProxy reloads."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from roadbed.adapters.local_runtime import Layout, LocalRuntime
from roadbed.adapters.local_runtime.edge import binary
from roadbed.ground.ports.runtime import ReleaseSpec

CLIENTS, REQUESTS, SWITCHES, ROLLBACKS, LOCAL = 4, 10_000, 6, 12, 6
WORKLOAD = "bench-switch"

SERVICE = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    def do_GET(self):
        body = b"ok"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments): pass
http.server.ThreadingHTTPServer.request_queue_size = 256
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""

# Clients in a process of their own: each keeps its connection and counts every request that did not end in 200.
LOAD = """
import http.client, json, sys, threading
port, host, count, least = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
stop, failed, done = threading.Event(), [], [0] * count
def client(number):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not stop.is_set() or sum(done) < least:
        try:
            connection.request("GET", "/", headers={"Host": host})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failed.append(str(answer.status))
        except Exception as error:
            failed.append(repr(error))
            connection.close()
        done[number] += 1
    connection.close()
threads = [threading.Thread(target=client, args=(n,)) for n in range(count)]
for thread in threads: thread.start()
print("begun", flush=True)
sys.stdin.readline()
stop.set()
for thread in threads: thread.join()
print(json.dumps({"requests": sum(done), "failed": len(failed), "examples": sorted(set(failed))[:5]}), flush=True)
"""


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def under_load(port: int, host: str, work: Callable[[], None], *, least: int) -> dict[str, Any]:
    """Do the work while clients ask; what they saw."""
    import json

    load = subprocess.Popen(
        [sys.executable, "-c", LOAD, str(port), host, str(CLIENTS), str(least)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert load.stdout is not None
    load.stdout.readline()
    try:
        work()
    finally:
        answer, _ = load.communicate("\n", timeout=120)
    found: dict[str, Any] = json.loads(answer)
    return found


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    data = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/tmp"))
    data.chmod(0o755)
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


def deploy(runtime: LocalRuntime, number: int) -> tuple[float, float]:
    """Build, start and switch; seconds until ready, and seconds of the switch."""
    spec = ReleaseSpec(
        WORKLOAD, "bench", number, f"{number:040x}", run="exec /usr/bin/python3 service.py", health_path="/"
    )
    (runtime.fresh_folder(WORKLOAD, number) / "service.py").write_text(SERVICE)
    began = time.monotonic()
    runtime.build(spec, report=_silent)
    runtime.start(spec, report=_silent)
    ready = time.monotonic() - began
    return ready, runtime.switch(spec, actor="bench", report=_silent).seconds


def _silent(_step: str, _line: str) -> None:
    return None


def memory(data: Path) -> float:
    """Proportional set size in MB of the runtime's own processes, services not counted."""
    total = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            inside = process.cwd().startswith(str(data / "runtime" / "daemon")) or process.cwd().startswith(
                str(data / "runtime" / "edge")
            )
            if inside:
                total += process.memory_full_info().pss
    return total / 1024 / 1024


def by_reload() -> dict[str, Any]:
    """The peer: the same HAProxy, each switch made by writing its configuration and reloading it."""
    port, ports = free_port(), (free_port(), free_port())
    with folder() as data:
        config = data / "peer.cfg"

        def write(target: int) -> None:
            config.write_text(
                "global\n  stats socket unix@peer.sock mode 600 level admin expose-fd listeners\n"
                "defaults\n  mode http\n  timeout client 60s\n  timeout connect 2s\n  timeout server 30s\n"
                f"listen peer\n  bind 127.0.0.1:{port}\n  server one 127.0.0.1:{target}\n"
            )

        (data / "service.py").write_text(SERVICE)
        services = [
            subprocess.Popen(
                [sys.executable, "service.py"],
                cwd=data,
                env=os.environ | {"PORT": str(each)},
                stderr=subprocess.DEVNULL,
            )
            for each in ports
        ]
        write(ports[0])
        with (data / "log").open("wb") as log:
            peer = subprocess.Popen([binary(), "-W", "-f", "peer.cfg"], cwd=data, stdout=log, stderr=log)
        try:
            for each in (*ports, port):
                _await_port(each)

            def switches() -> None:
                for turn in range(SWITCHES + ROLLBACKS):
                    write(ports[(turn + 1) % 2])
                    peer.send_signal(12)
                    time.sleep(0.3)

            return under_load(port, "peer", switches, least=REQUESTS)
        finally:
            for process in (peer, *services):
                process.terminate()
                process.wait()


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


@dataclass
class Times:
    """Seconds that each piece of work took."""

    up: float = 0.0
    ready: list[float] = field(default_factory=list)
    switched: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    local: list[float] = field(default_factory=list)


def _worked(runtime: LocalRuntime, data: Path, times: Times) -> None:
    """Switches, rollbacks by the runtime, and rollbacks by a process of their own."""
    for number in range(2, SWITCHES + 2):
        seconds, switch = deploy(runtime, number)
        times.ready.append(seconds)
        times.switched.append(switch)
    for turn in range(ROLLBACKS):
        began = time.monotonic()
        runtime.roll_back(WORKLOAD, to=1 + turn % SWITCHES, actor="bench", reason="", report=_silent)
        times.back.append(time.monotonic() - began)
    for turn in range(LOCAL):
        began = time.monotonic()
        _rollback_locally(data, 1 + turn % 2)
        times.local.append(time.monotonic() - began)


def run() -> list[dict[str, Any]]:
    """The figures."""
    times = Times()
    with folder() as data:
        runtime = LocalRuntime(Layout(data, edge_port=free_port()))
        try:
            began = time.monotonic()
            runtime.ensure_running()
            times.up = time.monotonic() - began
            deploy(runtime, 1)
            host = runtime.layout.host_of(WORKLOAD)
            work = partial(_worked, runtime, data, times)
            seen = under_load(runtime.layout.edge_port, host, work, least=REQUESTS)
            counted = _counted(runtime, seen["requests"])
            pss = memory(data)
        finally:
            runtime.remove(WORKLOAD)
            runtime.shut_down()
    return _figures(times, seen, counted, pss)


def _figures(times: Times, seen: dict[str, Any], counted: int, pss: float) -> list[dict[str, Any]]:
    peer = by_reload()
    back, local, up = times.back, times.local, times.up
    changes = (
        f"{SWITCHES} switches, {ROLLBACKS + LOCAL} rollbacks, {seen['requests']} requests, {CLIENTS} keep-alive clients"
    )
    tail = statistics.quantiles(back, n=20, method="inclusive")[-1]
    return [
        {
            "name": "requests failed under switches and rollbacks",
            "value": seen["failed"],
            "unit": "requests",
            "target": 0,
            "size": changes,
            "peer": f"reloading HAProxy {SWITCHES + ROLLBACKS} times, of {peer['requests']} requests",
            "peer_value": peer["failed"],
        },
        {
            "name": "requests counted at the edge and not sent",
            "value": abs(counted - seen["requests"]),
            "unit": "requests",
            "target": 0,
        },
        {"name": "release built and ready, p50", "value": statistics.median(times.ready), "unit": "s", "target": 5},
        {"name": "switch of traffic, p50", "value": statistics.median(times.switched) * 1000, "unit": "ms"},
        {"name": "rollback to drained, p50", "value": statistics.median(back), "unit": "s"},
        {"name": "rollback to drained, p95", "value": tail, "unit": "s", "target": 2, "size": f"{ROLLBACKS} rollbacks"},
        {
            "name": "rollback --local as a process of its own, p50",
            "value": statistics.median(local),
            "unit": "s",
            "target": 2,
            "size": f"{len(local)} rollbacks, worst {max(local):.2f} s",
        },
        {"name": "runtime from nothing to an edge that answers", "value": up, "unit": "s", "target": 5},
        {"name": "memory of supervisord, HAProxy and attendant (PSS)", "value": pss, "unit": "MB", "target": 100},
    ]


def _rollback_locally(data: Path, number: int) -> None:
    source = Path(__file__).parents[1] / "src"
    command = [sys.executable, "-m", "roadbed.adapters.local_runtime", "rollback", "--data", str(data), WORKLOAD]
    subprocess.run(
        [*command, "--to", str(number)],
        env=os.environ | {"PYTHONPATH": str(source)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _counted(runtime: LocalRuntime, expected: int) -> int:
    """What the edge counted, once it has had a moment to count all."""
    deadline = time.monotonic() + 5
    while True:
        (counters,) = runtime.read().counters
        if counters.requests >= expected or time.monotonic() > deadline:
            return counters.requests
        time.sleep(0.05)
