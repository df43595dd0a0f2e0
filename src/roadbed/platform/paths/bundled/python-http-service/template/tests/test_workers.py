"""The service as it runs: four worker processes, real sockets, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from conftest import FakeUpstream

ROOT = Path(__file__).parent.parent


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    log: Path

    def get(self, path: str) -> httpx.Response:
        # A connection of its own each time, so that the kernel spreads the calls over the workers.
        return httpx.get(self.url + path, headers={"Connection": "close"}, timeout=10)

    def counted(self, route: str) -> int:
        found = re.findall(
            rf'^http_requests_total{{[^}}]*route="{route}"[^}}]*}} (\S+)$', self.get("/metrics").text, re.M
        )
        return int(sum(float(value) for value in found))

    def request_lines(self) -> list[dict[str, object]]:
        lines = [json.loads(text) for text in self.log.read_text().splitlines()]
        return [line for line in lines if line["message"] == "request"]


@pytest.fixture
def service(tmp_path: Path, upstream: FakeUpstream, flag_on: Path) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "4",
        "TMPDIR": str(tmp_path),
        "UPSTREAM_URL": upstream.url,
        "UPSTREAM_READ_SECONDS": "5",
        "FLAGS_FILE": str(flag_on),
    }
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "service.wsgi:app"],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    running = Running(process, f"http://127.0.0.1:{port}", log)
    until(lambda: answers(running), 20)
    yield running
    if process.poll() is None:
        process.terminate()
        process.wait(25)
    assert list(tmp_path.glob("*-metrics-*")) == []


def answers(running: Running) -> bool:
    assert running.process.poll() is None, running.log.read_text()
    try:
        return running.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def until(condition, seconds: float) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_metrics_are_right_over_four_workers_and_stay_right_when_one_dies(service: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = [response.status_code for response in pool.map(service.get, ["/"] * 200)]
    assert codes == [200] * 200
    until(lambda: len(service.request_lines()) == 200, 5)
    workers = {line["pid"] for line in service.request_lines()}
    assert len(workers) > 1
    # Each scrape is answered by whichever worker takes it; all must say the same.
    assert {service.counted("/") for _ in range(12)} == {200}

    victim = int(str(next(iter(workers))))
    os.kill(victim, signal.SIGKILL)
    until(lambda: "SIGKILL" in service.log.read_text(), 10)
    assert {service.counted("/") for _ in range(12)} == {200}
    service.get("/")
    assert service.counted("/") == 201
    in_progress = re.search(r"^http_requests_in_progress (\S+)$", service.get("/metrics").text, re.M)
    assert in_progress is not None
    assert float(in_progress[1]) == 1  # the scrape itself


def test_sigterm_lets_a_request_finish_and_refuses_new_ones(service: Running, upstream: FakeUpstream) -> None:
    upstream.plan = [(200, 1.0)]
    answer: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answer.append(service.get("/")))
    thread.start()
    until(lambda: upstream.received, 5)
    service.process.terminate()
    assert service.process.wait(20) == 0
    thread.join()
    assert answer[0].json()["source"] == "upstream"
    with pytest.raises(httpx.TransportError):
        service.get("/")


def test_every_line_it_prints_is_json_of_this_service(service: Running) -> None:
    service.get("/")
    service.process.terminate()
    service.process.wait(20)
    lines = [json.loads(text) for text in service.log.read_text().splitlines()]
    assert len({line["service"] for line in lines}) == 1
    assert all({"time", "level", "message", "pid"} <= line.keys() for line in lines)
