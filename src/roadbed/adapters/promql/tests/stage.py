"""A real Prometheus in a folder of its own, scraping a small page whose counters a test moves."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None or PROMTOOL is None, reason="Debian's prometheus is not here")
DAY = 86_400


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Target:
    """A page of counters. `wait` returns once the page was read after it was last changed."""

    counters: dict[str, float] = field(default_factory=dict)
    served: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def page(self) -> bytes:
        with self.changed:
            self.served += 1
            self.changed.notify_all()
            return "".join(f"{name} {value}\n" for name, value in self.counters.items()).encode()

    def move(self, *, restart: bool = False, **counts: int) -> None:
        """Count more, after a restart from zero; names are labels' values of `code`."""
        with self.changed:
            if restart:
                self.counters.clear()
            for code, count in counts.items():
                name = f'shop_requests_total{{code="{code.lstrip("_")}"}}'
                self.counters[name] = self.counters.get(name, 0) + count

    def scraped(self, *, times: int = 2) -> None:
        with self.changed:
            wanted = self.served + times
            assert self.changed.wait_for(lambda: self.served >= wanted, timeout=15)


@contextmanager
def serving(page: Callable[[], bytes], *, kind: str = "text/plain; version=0.0.4") -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Running:
    """A Prometheus that answers."""

    url: str

    def query(self, query: str) -> list[dict[str, Any]]:
        asked = urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{asked}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return found

    def until(self, query: str, value: float) -> None:
        """Return once a query has this value."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            found = self.query(query)
            if found and float(found[0]["value"][1]) == value:
                return
            threading.Event().wait(0.1)
        raise AssertionError(f"{query} is {self.query(query)}, not {value}")


@contextmanager
def prometheus(
    folder: Path, *, scrapes: int | None = None, openmetrics: str = "", interval: str = "1s", features: str = ""
) -> Iterator[Running]:
    """A Prometheus that scrapes a port of this machine and holds samples that were written before."""
    assert PROMETHEUS is not None
    data, config, port = folder / "data", folder / "prometheus.yml", free_port()
    data.mkdir()
    job = ""
    if scrapes is not None:
        job = f"scrape_configs:\n  - job_name: shop\n    static_configs: [{{targets: ['127.0.0.1:{scrapes}']}}]\n"
    config.write_text(f"global: {{scrape_interval: {interval}, scrape_timeout: {interval}}}\n{job}")
    if openmetrics:
        fill(folder, data, openmetrics)
    words = [
        PROMETHEUS,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=90d",
        "--log.level=error",
        *([f"--enable-feature={features}"] if features else []),
    ]
    with (folder / "prometheus.log").open("wb") as log:
        running = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        _ready(f"http://127.0.0.1:{port}", running)
        yield Running(f"http://127.0.0.1:{port}")
    finally:
        running.terminate()
        running.wait(20)


def fill(folder: Path, data: Path, openmetrics: str) -> None:
    """Write samples as blocks."""
    assert PROMTOOL is not None
    text = folder / "past.txt"
    text.write_text(openmetrics)
    words = [PROMTOOL, "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h", str(text), str(data)]
    subprocess.run(words, check=True, capture_output=True)


def _ready(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert running.poll() is None, "Prometheus ended"
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        threading.Event().wait(0.1)
    raise AssertionError("Prometheus is not ready after 20 s")
