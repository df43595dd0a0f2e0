"""What is counted at the edge, against requests whose outcome is known."""

from __future__ import annotations

import contextlib
import threading

import pytest

from roadbed.adapters.local_runtime import HaproxyMeter, attendant
from roadbed.adapters.local_runtime.tests.stage import Stage, kill, until
from roadbed.ground.ports.metrics import MeterUnreachable


def test_requests_failures_and_latency_are_exact(stage: Stage):
    stage.deploy(1)
    for _ in range(20):
        assert stage.get()[0] == 200
    for code in (404, 500, 503):
        stage.get(f"/status/{code}")
    for _ in range(3):
        stage.get("/sleep/0.32")
    counters = stage.counted(requests=26)
    within = dict(counters.within)
    assert (counters.requests, counters.failures) == (26, 2)
    assert within[300] == 21
    assert within[10_000] == 24


def test_a_bound_that_an_objective_names_can_be_asked_for(stage: Stage):
    stage.deploy(1)
    for seconds in (0.02, 0.12, 0.22):
        stage.get(f"/sleep/{seconds}")
    stage.counted(requests=3)
    (counters,) = stage.runtime.read(bounds=(117, 217)).counters
    within = dict(counters.within)
    assert (within[117], within[217], within[250]) == (1, 2, 3)
    assert [bound for bound, _ in counters.within] == sorted(within)


def test_a_hung_service_fails_requests_also_of_clients_that_gave_up(impatient: Stage):
    impatient.deploy(1)
    assert impatient.get("/sleep/30")[0] == 504
    with contextlib.suppress(TimeoutError):
        impatient.get("/sleep/30", seconds=0.1)
    counters = impatient.counted(requests=2)
    assert (counters.requests, counters.failures) == (2, 2)
    assert dict(counters.within)[10_000] == 0


def test_a_broken_answer_is_a_failure_though_it_began_with_200(stage: Stage):
    stage.deploy(1)
    with contextlib.suppress(OSError, Exception):
        stage.get("/truncate")
    counters = stage.counted(requests=1)
    assert (counters.requests, counters.failures) == (1, 1)


def test_a_service_that_is_down_fails_requests_in_its_own_name(stage: Stage):
    stage.deploy(1)
    stage.runtime.daemon.call("stopProcessGroup", f"{stage.name}.v1")
    assert stage.get()[0] == 503
    counters = stage.counted(requests=1)
    assert counters.failures == 1


def test_a_request_that_the_service_died_of_is_a_failure(stage: Stage):
    stage.deploy(1)
    assert stage.get("/crash")[0] == 502
    assert stage.counted(requests=1).failures == 1


def test_services_are_counted_apart_and_strangers_not_at_all(stage: Stage):
    other = f"{stage.name}-b"
    stage.deploy(1)
    stage.deploy(1, workload=other)
    stage.get()
    stage.get(workload=other)
    stage.get(workload=other)
    stage.get(workload="nobody")
    assert stage.counted(requests=2, workload=other).requests == 2
    assert stage.counted(requests=1).requests == 1
    assert {each.workload for each in stage.runtime.read().counters} == {stage.name, other}


def test_counts_outlive_haproxy_the_attendant_and_supervisord(stage: Stage):
    stage.deploy(1)
    stage.get()
    before = stage.counted(requests=1)
    attending = stage.runtime.daemon.pid_of("attendant")
    kill(stage.supervisord_pid())
    kill(attending)
    kill(stage.edge_pid())
    stage.runtime.reconcile()
    until(stage.answers, what="the edge")
    after = stage.counted(requests=2)
    assert after.epoch == before.epoch
    assert after.requests >= 2


def test_requests_are_not_lost_while_the_attendant_is_dead(stage: Stage):
    stage.deploy(1)
    stage.get()
    stage.counted(requests=1)
    kill(stage.runtime.daemon.pid_of("attendant"))
    for _ in range(50):
        assert stage.get()[0] == 200
    assert stage.counted(requests=51).requests == 51


def test_silence_is_not_idleness(stage: Stage):
    stage.deploy(1)
    stage.get()
    stage.counted(requests=1)
    stage.runtime.shut_down()
    with pytest.raises(MeterUnreachable):
        HaproxyMeter(stage.layout).read()


def test_many_clients_at_once_are_all_counted(stage: Stage):
    from http.client import HTTPConnection

    stage.deploy(1)

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", stage.layout.edge_port, timeout=10)
        for _ in range(250):
            connection.request("GET", "/", headers={"Host": stage.layout.host_of(stage.name)})
            assert connection.getresponse().read() == b"v1"
        connection.close()

    clients = [threading.Thread(target=client) for _ in range(4)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    counters = stage.counted(requests=1000)
    assert (counters.requests, counters.failures, dict(counters.within)[10_000]) == (1000, 0, 1000)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("= a 200 ---- 0 0 1 3", attendant.FIRST_MS + 4),
        ("= a 404 ---- 0 0 0 0", attendant.FIRST_MS),
        ("= a 200 ---- 0 0 0 16381", attendant.LAST_MS + attendant.FIRST_MS),
        ("= a 200 ---- 0 0 0 99999", attendant.SLOWEST),
        ("= a 500 ---- 0 0 0 1", attendant.FAILED),
        ("= a 503 SC-- 0 -1 -1 -1", attendant.FAILED),
        ("= a 504 sH-- 0 0 0 -1", attendant.FAILED),
        ("= a 200 SD-- 0 0 0 1", attendant.FAILED),
        ("= a 200 sD-- 0 0 0 1", attendant.FAILED),
        ("= a 200 CD-- 0 0 0 1", None),
        ("= a 408 cR-- -1 -1 -1 -1", None),
        ("= a -1 CR-- -1 -1 -1 -1", None),
    ],
)
def test_how_a_log_line_counts(line: str, column: int | None):
    assert attendant.column(line.split()) == column
