"""Calls to the upstream: what is tried again, for how long, and when the circuit opens and closes."""

from __future__ import annotations

import threading
import time

import pytest
from conftest import FakeUpstream

from service.breaker import CircuitBreaker, CircuitOpen
from service.outgoing import Upstream, UpstreamUnavailable
from service.settings import Settings


def calling(upstream: FakeUpstream, **changes: float) -> Upstream:
    return Upstream(Settings(upstream_url=upstream.url, **changes))


def test_a_passing_failure_is_tried_again(upstream: FakeUpstream) -> None:
    upstream.plan = [(503, 0), (429, 0), (200, 0)]
    assert calling(upstream).get("/greeting").status_code == 200
    assert len(upstream.received) == 3


def test_tries_are_bounded(upstream: FakeUpstream) -> None:
    upstream.plan = [(503, 0)]
    with pytest.raises(UpstreamUnavailable, match="answered 503"):
        calling(upstream).get("/greeting")
    assert len(upstream.received) == 3


def test_the_callers_own_mistake_is_not_tried_again(upstream: FakeUpstream) -> None:
    upstream.plan = [(404, 0)]
    assert calling(upstream).get("/greeting").status_code == 404
    assert len(upstream.received) == 1


def test_a_hanging_upstream_costs_no_more_than_the_deadline_and_one_attempt(upstream: FakeUpstream) -> None:
    upstream.plan = [(200, 5.0)]
    began = time.monotonic()
    with pytest.raises(UpstreamUnavailable, match="ReadTimeout"):
        calling(upstream, upstream_read_seconds=0.2, upstream_deadline_seconds=0.3, upstream_attempts=50).get(
            "/greeting"
        )
    assert time.monotonic() - began < 3


def test_after_repeated_failures_the_upstream_is_left_alone_until_it_has_rested(upstream: FakeUpstream) -> None:
    upstream.plan = [(500, 0)]
    client = calling(upstream, upstream_attempts=1, breaker_failures=3, breaker_rest_seconds=1.0)
    for _ in range(10):
        with pytest.raises(UpstreamUnavailable):
            client.get("/greeting")
    assert len(upstream.received) == 3
    assert client.breaker.is_open

    upstream.plan = [(200, 0)]
    time.sleep(1.1)  # what is tested is the passing of this time
    assert client.get("/greeting").status_code == 200
    assert not client.breaker.is_open


def test_one_trial_call_decides_whether_an_open_circuit_closes() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=1, rest_seconds=10, clock=lambda: now[0])
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 / 0)
    with pytest.raises(CircuitOpen):
        breaker.call(lambda: 1)

    now[0] = 11.0
    inside, release = threading.Event(), threading.Event()

    def trial() -> int:
        inside.set()
        release.wait(5)
        return 1

    thread = threading.Thread(target=breaker.call, args=(trial,))
    thread.start()
    assert inside.wait(5)
    with pytest.raises(CircuitOpen):
        breaker.call(lambda: 1)
    release.set()
    thread.join()
    assert breaker.call(lambda: 2) == 2
