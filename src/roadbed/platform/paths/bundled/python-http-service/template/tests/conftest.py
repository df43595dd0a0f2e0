"""A scripted upstream on a real socket, and the application without a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import DEFAULT_FLAGS_FILE, Settings


@dataclass
class FakeUpstream:
    """Answers with `plan` in order, then with its last entry; a plan entry is (status, seconds to wait)."""

    url: str = ""
    plan: list[tuple[int, float]] = field(default_factory=lambda: [(200, 0.0)])
    received: list[dict[str, str]] = field(default_factory=list)

    def next_step(self) -> tuple[int, float]:
        return self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    fake = FakeUpstream()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.received.append({name.lower(): value for name, value in self.headers.items()})
            status, seconds = fake.next_step()
            time.sleep(seconds)
            self.send_response(status)
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"Welcome")

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that gave up waiting is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def flag_on(tmp_path: Path) -> Path:
    """flags.yaml with the flag turned on, as a person would do it."""
    text = DEFAULT_FLAGS_FILE.read_text(encoding="utf-8")
    changed = text.replace('defaultVariant: "off"', 'defaultVariant: "on"')
    assert changed != text
    path = tmp_path / "flags.yaml"
    path.write_text(changed, encoding="utf-8")
    return path


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings()).test_client()
