"""The provider's double: takes pages over HTTP as a provider does, refuses them, or says nothing; keeps every call."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

TAKES, FAILS, HANGS = "takes", "fails", "hangs"
HANGING: Final = 9.0
"""Seconds of silence: a little more than a sender waits."""


@dataclass(frozen=True)
class Call:
    """One message that came."""

    at: float
    key: str
    taken: bool
    data: dict[str, Any]


@dataclass
class Provider:
    """What came, and how it behaves.

    Attributes:
        on_call: told of every call in its thread, before the answer.
        on_answered: the same, after the answer.
    """

    calls: list[Call] = field(default_factory=list)
    behaviour: str = TAKES
    on_call: Callable[[Call], None] = lambda _: None
    on_answered: Callable[[Call], None] = lambda _: None
    news: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def receive(self, key: str, data: dict[str, Any]) -> Call:
        """Keep a call; answers it."""
        behaviour = self.behaviour
        if behaviour == HANGS:
            self.over.wait(HANGING)
        call = Call(time.time(), key, behaviour == TAKES, data)
        with self.news:
            self.calls.append(call)
            self.news.notify_all()
        self.on_call(call)
        return call

    def taken(self) -> list[Call]:
        """The calls that were taken."""
        with self.news:
            return [call for call in self.calls if call.taken]

    def duplicates(self) -> int:
        """How often a message was taken more than once."""
        return sum(many - 1 for many in Counter(call.key for call in self.taken()).values())

    def await_(self, reached: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until something holds that depends on what came."""
        deadline = time.monotonic() + seconds
        while not reached():
            with self.news:
                self.news.wait(0.2)
            if time.monotonic() > deadline:
                return False
        return True


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens on loopback."""
    made = Provider()

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            except ValueError:
                return  # whoever sent it died over it
            call = made.receive(self.headers.get("Idempotency-Key", ""), said.get("data", said))
            # Whoever sent it may be dead.
            with suppress(OSError):
                self.send_response(204 if call.taken else 503)
                self.end_headers()
                made.on_answered(call)

        def log_message(self, *_: object) -> None:
            """Nothing is printed for each message."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Door)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
