"""Scraping honest pages as Prometheus's own parser reads them, and hostile ones from real servers."""

from __future__ import annotations

import contextlib
import gzip
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from roadbed.adapters.prometheus_text import HttpScraper, Limits
from roadbed.adapters.prometheus_text.exposition import parse
from roadbed.ground.ports.metrics import ScrapeFailed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUICK = Limits(bytes=20_000, seconds=0.5, samples=100)
Answer = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(answer: Answer) -> Iterator[int]:
    """A real server on loopback that answers one connection as the test says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(timeout=5)
        assert not thread.is_alive()


def page(body: bytes, *, head: str = "Content-Type: text/plain; version=0.0.4", status: str = "200 OK") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    return answer


def scrape(answer: Answer, *, limits: Limits = QUICK):
    with server(answer) as port:
        return HttpScraper(limits).scrape("127.0.0.1", port, "/metrics")


def refusal(answer: Answer) -> str:
    with pytest.raises(ScrapeFailed) as caught:
        scrape(answer)
    return caught.value.reason


def read(text: str, **options: Any):
    return parse(text, at=NOW, most=options.pop("most", 1000), openmetrics=options.pop("openmetrics", False))


def test_an_honest_page_is_read_whole():
    found = scrape(page(b'# TYPE hits_total counter\nhits_total{code="200",path="/a\\"b"} 12\nup 1\n'))
    assert [(one.name, dict(one.labels), one.value) for one in found.samples] == [
        ("hits_total", {"code": "200", "path": '/a"b'}, 12.0),
        ("up", {}, 1.0),
    ]
    assert found.started_at is None
    assert abs((datetime.now(UTC) - found.at).total_seconds()) < 60


def test_a_page_without_a_content_type_and_one_in_chunks_are_read():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n0\r\n\r\n"
    assert scrape(lambda connection: connection.sendall(chunked)).samples[0].value == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(b"<html>", head="Content-Type: text/html"), "it is text/html, not a metrics page"),
        (page(b"<html><body>hello</body></html>"), "line 1 is no sample"),
        (page(b"", status="302 Found", head="Location: http://169.254.169.254/"), "it redirects"),
        (page(b"no", status="500 Oops"), "it answers 500"),
        (page(gzip.compress(b"a 1\n" * 9), head="Content-Encoding: gzip"), "it is compressed"),
        (page(gzip.compress(b"a" * 10**7)), "it is not UTF-8"),
        (page(b"hits_total NaN\n"), "the counter hits_total is nan"),
        (page(b"# TYPE hits counter\nhits -4\n"), "the counter hits is -4"),
        (page(b"hits_total +Inf\n"), "the counter hits_total is inf"),
        (page(b'a{x="1",y="2"} 1\na{y="2",x="1"} 2\n'), "a stands there twice"),
        (page(b'a{x="1",x="2"} 1\n'), "the labels of line 1"),
        (page(b"".join(b"a%d 1\n" % n for n in range(101))), "it has more than 100 samples"),
        (page(b"a 1\n" * 6000), "it is larger than"),
        (page(b"a 1 99999999999999\n"), "a is stamped with a time in the future"),
        (page(b"a 1\n# no end\n", head="Content-Type: application/openmetrics-text"), "it ends early"),
        (page(b"# EOF\na 1\n", head="Content-Type: application/openmetrics-text"), "line 2 comes after its end"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\na 1\n"), "it broke off"),
        (lambda connection: connection.sendall(b"\x00\x01\x02\r\n\r\n"), "it did not answer (BadStatusLine)"),
        (lambda connection: connection.close(), "it did not answer (RemoteDisconnected)"),
    ],
)
def test_a_hostile_page_gives_its_reason(answer: Any, reason: Any):
    assert reason in refusal(answer)


def forever(line: bytes, *, every: float = 0.0, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(line)
                if every:
                    time.sleep(every)

    return answer


def test_an_endless_page_is_cut_at_its_size():
    assert "larger than" in refusal(forever(b"hits_total 1\n" * 100))


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_page_that_drips_is_cut_at_its_time(head: Any):
    began = time.monotonic()
    assert refusal(forever(b"a", every=0.05, head=head)) == "it took longer than 0.5 s"
    assert time.monotonic() - began < 3


def test_a_page_that_never_begins_is_cut_at_its_time():
    waiting = threading.Event()
    try:
        assert refusal(lambda _: waiting.wait(5) and None) == "it took longer than 0.5 s"
    finally:
        waiting.set()


def test_nobody_there_and_nobody_elsewhere():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ScrapeFailed, match="connection refused"):
        HttpScraper(QUICK).scrape("127.0.0.1", port, "/metrics")
    for host in ("10.0.0.1", "metadata.internal", "169.254.169.254"):
        with pytest.raises(ScrapeFailed, match="is not this machine"):
            HttpScraper(QUICK).scrape(host, port, "/metrics")
    with pytest.raises(ScrapeFailed, match="is no path"):
        HttpScraper(QUICK).scrape("127.0.0.1", port, "/a b\r\nX: y")


def test_a_gauge_may_be_anything_and_old_stamps_are_left_out():
    found = read("temperature NaN\nlevel -3\nold_total 5 1\n")
    assert [(one.name, one.value) for one in found.samples] == [("level", -3.0)]


def test_the_start_of_the_process_is_its_epoch_where_it_can_be_true():
    assert read("process_start_time_seconds 1764000000.5\n").started_at is not None
    assert read("process_start_time_seconds 1e18\n").started_at is None
    assert read('process_start_time_seconds{pid="1"} 1\nprocess_start_time_seconds{pid="2"} 2\n').started_at is None


def test_what_prometheus_writes_is_read_as_prometheus_reads_it():
    registry = CollectorRegistry()
    hits = Counter("hits", "Requests, with \\ and \n in the help.", ["path", "code"], registry=registry)
    took = Histogram("took_seconds", "Time.", registry=registry)
    for n in range(40):
        hits.labels(path=f'/"{n}\\\n', code="200").inc(n * 1000)
        took.observe(n / 10)
    text = generate_latest(registry).decode()
    theirs = {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
    ours = {(one.name, one.labels): one.value for one in read(text).samples}
    assert ours == theirs
    openmetrics = generate_openmetrics(registry).decode()
    again = {(one.name, one.labels): one.value for one in read(openmetrics, openmetrics=True).samples}
    assert {key: value for key, value in again.items() if not key[0].endswith("_created")} == {
        key: value for key, value in ours.items() if not key[0].endswith("_created")
    }


@given(text=st.text(alphabet='ab_{}="\\,. 0123#\n\tNaInfe+-', max_size=200), openmetrics=st.booleans())
def test_any_text_is_samples_or_a_reason(text: Any, openmetrics: Any):
    with contextlib.suppress(ScrapeFailed):
        found = read(text, openmetrics=openmetrics)
        assert all(math.isfinite(one.value) for one in found.samples)
