"""A provider on loopback: a real HTTP server that keeps what it gets and answers as its script says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Asked:
    """One request; header names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


Script = Callable[[Asked], tuple[int, dict[str, Any]]]


@dataclass
class Provider:
    """What came, what is answered; `headers` go with every answer."""

    script: Script
    requests: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def provider(script: Script) -> Iterator[Provider]:
    """A provider on a free port."""
    made = Provider(script)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.requests.append(asked)
            if made.wait:
                made.over.wait(made.wait)
            status, said = made.script(asked)
            text = json.dumps(said).encode()
            self.send_response(status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        serving.join()
        server.server_close()
