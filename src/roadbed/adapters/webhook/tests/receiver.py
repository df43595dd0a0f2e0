"""A real webhook receiver: keeps what it gets, checks signatures as the docs say, answers what it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from roadbed.adapters.webhook import SIGNATURE, TIMESTAMP, is_signed


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def signed_by(self, secret: str) -> bool:
        return is_signed(secret, self.headers[TIMESTAMP], self.headers[SIGNATURE], self.body, now=time.time())


@dataclass
class Receiver:
    """What came, and what is answered."""

    status: int = 204
    location: str = ""
    wait: float = 0.0
    requests: list[Received] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait_for(self, number: int, seconds: float = 30.0) -> list[Received]:
        """The requests, once so many have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.requests) >= number, seconds), f"{len(self.requests)} came"
            return list(self.requests)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with made.came:
                made.requests.append(Received(dict(self.headers.items()), body))
                made.came.notify_all()
            if made.wait:
                made.over.wait(made.wait)
            self.send_response(made.status)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("X-Request-Id", "r-1")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        # Many may call at once; a queue of five would break some of them off.
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        serving.join()
        server.server_close()
