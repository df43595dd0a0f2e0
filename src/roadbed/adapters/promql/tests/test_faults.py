"""Servers that are gone, locked, slow, large or something else: each says what is wrong and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from roadbed.adapters.promql import Access, PromqlSource
from roadbed.adapters.promql.tests.stage import free_port
from roadbed.ground.ports.counts import Counters, CountQuery, Side, SourceFailed

QUERY = CountQuery("x", Side("sum(a)", (Counters("a", "a"),)), bad=Side("sum(b)", (Counters("b", "b"),)))
SAMPLES = [[-100.0, "1"], [60.0, "1"], [120.0, "3"]]


def matrix(values: Any = SAMPLES, **more: Any) -> bytes:
    result = [{"metric": {"__name__": "a", "job": "j", "instance": "i"}, "values": values}]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}, **more}).encode()


@contextmanager
def answering(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Iterator[tuple[str, Any]]:
    seen: list[tuple[str, dict[str, str]]] = []
    stop = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, dict(self.headers)))
            if status == 0:
                stop.wait(5)
                return
            allowed = 405 if (status == 405 and self.command == "POST") else 200 if status == 405 else status
            self.send_response(allowed)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def read(url: str, **more: Any) -> Any:
    partial = more.pop("accept_partial", False)
    source = PromqlSource(Access("main", url, **more), accept_partial=partial)
    return source.read([QUERY], first=1, until=5).counted["x"]


REFUSED = json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error at char 3"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason", "remedy"),
    [
        (401, b"", "text/plain", "refuses Roadbed's credentials (401)", "token"),
        (400, REFUSED, "application/json", "parse error at char 3", "Mend the query"),
        (200, b"<html>Welcome</html>", "text/html", "answers 200 with text/html instead of", "/api/v1"),
        (200, b'{"status":"success","data":{"resultType":"string","result":[1,"x"]}}', "application/json",
         "answered a string where a matrix is needed", "increase(counter"),
        (503, b'{"status":"error","errorType":"unavailable","error":"starting"}', "application/json",
         "answers 503 (unavailable: starting)", "asks again"),
        (200, b"[]", "application/json", "instead of Prometheus's API", "/api/v1"),
    ],
)  # fmt: skip
def test_each_fault_says_what_is_wrong_and_what_to_do(status: int, body: bytes, kind: str, reason: str, remedy: str):
    with answering(status, body, kind) as (url, _), pytest.raises(SourceFailed) as caught:
        read(url)
    assert reason in caught.value.trouble.reason
    assert remedy in caught.value.trouble.remedy


def test_redirects_are_not_followed():
    with answering(302, b"", Location="http://127.0.0.1:1/x") as (url, seen), pytest.raises(SourceFailed) as caught:
        read(url)
    assert "redirects to http://127.0.0.1:1/x" in caught.value.trouble.reason
    assert len(seen) <= 2


def test_nobody_there_and_too_slow():
    with pytest.raises(SourceFailed, match="does not answer"):
        read(f"http://127.0.0.1:{free_port()}")
    with answering(0, b"") as (url, _), pytest.raises(SourceFailed, match=r"took longer than 0\.2 s"):
        read(url, seconds=0.2)


def test_credentials_are_sent_and_never_shown():
    access = Access("main", "http://127.0.0.1:1", headers={"Authorization": "Bearer s3cret", "X-Scope-OrgID": "a"})
    assert "s3cret" not in repr(access)
    with answering(200, matrix()) as (url, seen):
        read(url, headers=access.headers)
        assert {(one["Authorization"], one["X-Scope-OrgID"]) for _, one in seen} == {("Bearer s3cret", "a")}
    with pytest.raises(SourceFailed) as caught:
        read("http://127.0.0.1:1", headers=access.headers)
    assert "s3cret" not in str(caught.value.trouble)


def test_a_proxy_that_lets_readers_get_alone_is_asked_so():
    with answering(405, matrix()) as (url, seen):
        read(url)
    assert "GET" in {method for method, _ in seen}


def test_an_answer_in_part_is_not_counted_unless_that_is_wanted():
    with answering(200, matrix(warnings=["store eu-1 is away"])) as (url, _):
        refused, taken = read(url), read(url, accept_partial=True)
    assert (refused.minutes, refused.settled) == ({}, False)
    assert "store eu-1 is away" in str(refused.trouble)
    assert taken.minutes
