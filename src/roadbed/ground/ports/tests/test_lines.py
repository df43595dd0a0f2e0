"""Connections that stay open: used again by the same host, by nobody else, and with nobody's cookies."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from roadbed.ground.ports import lines, resolving
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.posting import Poster


class Server:
    """Keeps connections open as providers do, and counts them."""

    def __init__(self) -> None:
        self.connections = 0
        self.seen: list[dict[str, str]] = []
        self.port = 0


@contextmanager
def serving() -> Iterator[Server]:
    made = Server()

    class Door(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            made.connections += 1
            super().setup()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made.seen.append(dict(self.headers.items()))
            self.send_response(200)
            self.send_header("Set-Cookie", "whose=hanne")
            self.send_header("Content-Length", "70000" if self.path == "/long" else "5")
            self.end_headers()
            self.wfile.write(b"x" * (70_000 if self.path == "/long" else 5))

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def post(url: str, *, reads: int = 0) -> int:
    return Poster("it", AddressPolicy(), reads=reads).post(url, b"{}", {}, seconds=10).status


def test_one_connection_serves_one_request_after_the_other_and_keeps_no_cookie(server: Server):
    for reads in (0, 3, 0):
        assert post(f"http://127.0.0.1:{server.port}/", reads=reads) == 200
    assert server.connections == 1
    assert all("Cookie" not in headers for headers in server.seen)
    assert all(headers["Host"] == f"127.0.0.1:{server.port}" for headers in server.seen)


def test_an_answer_that_is_too_long_to_be_read_costs_its_connection_and_nothing_more(server: Server):
    assert post(f"http://127.0.0.1:{server.port}/long") == 200
    assert post(f"http://127.0.0.1:{server.port}/") == 200
    assert server.connections == 2


def test_another_name_at_the_same_address_gets_a_connection_of_its_own(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resolving, "_look_up", lambda *_: ["127.0.0.1"])
    for name in ("one.example", "two.example", "one.example"):
        assert post(f"http://{name}:{server.port}/") == 200
    assert server.connections == 2


def test_the_host_that_was_not_called_for_longest_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "HOSTS", 1)
    with serving() as one, serving() as two:
        for server in (one, two, one):
            assert post(f"http://127.0.0.1:{server.port}/") == 200
        assert (one.connections, two.connections) == (2, 1)
