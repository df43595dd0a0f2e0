"""kill -9 of supervisord, of HAProxy, of services and of whoever deploys: services and traffic outlive all of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadbed.adapters.local_runtime import processes, programs
from roadbed.adapters.local_runtime.tests.stage import Stage, kill, run_module, staged, until
from roadbed.ground.ports.runtime import RuntimeFailure

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@contextlib.contextmanager
def traffic(stage: Stage) -> Iterator[list[str]]:
    """Requests all the while; yields what went wrong."""
    stop, wrong = threading.Event(), []

    def client() -> None:
        while not stop.is_set():
            try:
                status, _ = stage.get()
                if status != 200:
                    wrong.append(str(status))
            except OSError as error:
                wrong.append(repr(error))

    clients = [threading.Thread(target=client) for _ in range(2)]
    for each in clients:
        each.start()
    try:
        yield wrong
    finally:
        stop.set()
        for each in clients:
            each.join()


def test_killing_supervisord_loses_no_request_and_the_next_one_adopts(stage: Stage):
    stage.deploy(1)
    service, edge = stage.pid(), stage.edge_pid()
    with traffic(stage) as wrong:
        kill(stage.supervisord_pid())
        assert "supervisord is not watching it" in stage.runtime.status(stage.name).detail
        done = stage.runtime.reconcile()
    assert wrong == []
    assert f"adopted {stage.name} v1 (pid {service})" in done
    assert (stage.pid(), stage.edge_pid()) == (service, edge)
    status = stage.runtime.status(stage.name)
    assert (status.state, status.adopted, status.restarts) == ("running", True, 0)
    assert stage.runtime.reconcile() == ()


def test_an_adopted_service_is_supervised_again(stage: Stage):
    stage.deploy(1)
    for _ in range(2):
        kill(stage.supervisord_pid())
        stage.runtime.reconcile()
    until(lambda: stage.runtime.status(stage.name).adopted, what="the adoption")
    kill(stage.pid())
    until(stage.answers, what="the restart of an adopted service")
    assert stage.runtime.status(stage.name).restarts == 1
    stage.deploy(2)
    assert stage.get() == (200, "v2")
    assert stage.pid(1) is None


def test_an_adopted_service_is_stopped_with_its_family(stage: Stage):
    stage.deploy(1, environment={"BEHAVIOUR": "family"})
    kill(stage.supervisord_pid())
    stage.runtime.reconcile()
    stage.deploy(2)
    assert not [line for line in stage.alive() if "sleep" in line]


def test_killing_haproxy_brings_the_same_routes_back_by_itself(stage: Stage):
    other = f"{stage.name}-b"
    stage.deploy(1)
    stage.deploy(2)
    stage.deploy(1, workload=other)
    service = stage.pid(2)
    kill(stage.edge_pid())
    until(stage.answers, seconds=8, what="the edge")
    assert stage.get() == (200, "v2")
    assert stage.get(workload=other) == (200, "v1")
    assert stage.pid(2) == service


def test_killing_supervisord_and_haproxy_together(stage: Stage):
    stage.deploy(1)
    service = stage.pid()
    kill(stage.supervisord_pid())
    kill(stage.edge_pid())
    done = stage.runtime.reconcile()
    assert {"started supervisord", "started HAProxy"} <= set(done)
    assert stage.get() == (200, "v1")
    assert stage.pid() == service


def test_killing_everything_brings_everything_back(stage: Stage):
    stage.deploy(1)
    kill(stage.supervisord_pid())
    kill(stage.edge_pid())
    kill(stage.pid())
    stage.runtime.reconcile()
    until(stage.answers, what="the service")
    assert stage.runtime.status(stage.name).number == 1


def test_a_service_that_died_while_supervisord_was_dead_is_started(stage: Stage):
    stage.deploy(1)
    kill(stage.supervisord_pid())
    kill(stage.pid())
    assert f"started {stage.name} v1" in stage.runtime.reconcile()
    until(stage.answers, what="the service")


def test_a_service_goes_on_printing_after_supervisord_died(stage: Stage):
    stage.deploy(1)
    kill(stage.supervisord_pid())
    for number in range(200):
        assert stage.get(f"/say/line-{number}")[0] == 200
    assert stage.runtime.log_tail(stage.name, lines=1) == ("line-199",)


DEPLOY = """
import sys
from pathlib import Path
from roadbed.adapters.local_runtime import Layout, LocalRuntime
from roadbed.adapters.local_runtime import processes, programs
from roadbed.adapters.local_runtime.tests.stage import Stage
stage = Stage(Path(sys.argv[1]))
stage.layout = Layout.load(Path(sys.argv[1]))
stage.runtime = LocalRuntime(stage.layout)
stage.name = sys.argv[2]
stage.report = lambda step, line: print(step, line, flush=True)
stage.deploy(2, drain_seconds=30)
"""


@pytest.mark.parametrize("step", ["start", "ready", "switch", "drain"])
def test_killing_the_deployment_at_any_step_leaves_one_release_serving(stage: Stage, step: str):
    stage.deploy(1)
    slow = threading.Thread(target=lambda: stage.get("/sleep/3", seconds=20))
    slow.start()
    deploying = subprocess.Popen(
        [sys.executable, "-c", DEPLOY, str(stage.layout.data), stage.name],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    assert deploying.stdout is not None
    while not deploying.stdout.readline().startswith(step):
        assert deploying.poll() is None
    deploying.kill()
    deploying.wait()
    deploying.stdout.close()
    slow.join()
    stage.runtime.reconcile()
    expected = stage.runtime.status(stage.name).number
    assert expected == (2 if step in ("switch", "drain") else 1)
    assert stage.get() == (200, f"v{expected}")
    assert stage.pid(3 - expected) is None
    assert [entry.number for entry in stage.runtime.journal()] == list(range(1, expected + 1))
    assert stage.runtime.reconcile() == ()


def test_two_rollbacks_at_once_leave_one_release_serving(stage: Stage):
    for number in (1, 2, 3):
        stage.deploy(number)
    data, results = str(stage.layout.data), []
    with traffic(stage) as wrong:
        actors = [
            threading.Thread(
                target=lambda to=to: results.append(
                    run_module("rollback", "--data", data, stage.name, "--to", to, "--json")
                )
            )
            for to in ("1", "2")
        ]
        for each in actors:
            each.start()
        for each in actors:
            each.join()
    assert wrong == []
    assert [done.returncode for done in results] == [0, 0]
    served = stage.runtime.status(stage.name).number
    assert stage.get() == (200, f"v{served}")
    assert [entry.verb for entry in stage.runtime.journal()][-2:] == ["rolledback", "rolledback"]
    assert stage.runtime.journal()[-1].number == served
    until(lambda: len([n for n in (1, 2, 3) if stage.pid(n)]) == 1, what="the end of the others")


def test_two_deployments_of_two_services_at_once(stage: Stage):
    names = [f"{stage.name}-{letter}" for letter in "abc"]
    actors = [threading.Thread(target=lambda name=name: stage.deploy(1, workload=name)) for name in names]
    for each in actors:
        each.start()
    for each in actors:
        each.join()
    assert [stage.get(workload=name) for name in names] == [(200, "v1")] * 3


def test_a_rollback_with_all_of_roadbed_dead_is_quick(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    kill(stage.supervisord_pid())
    kill(stage.edge_pid())
    began = time.monotonic()
    done = run_module("rollback", "--data", str(stage.layout.data), stage.name, "--json")
    took = time.monotonic() - began
    assert json.loads(done.stdout)["switch"]["number"] == 1
    assert took < 10
    assert stage.get() == (200, "v1")


def test_the_pool_of_slots_grows_without_breaking_kept_connections():
    from http.client import HTTPConnection

    with staged(slots=2) as stage:
        stage.deploy(1)
        connection = HTTPConnection("127.0.0.1", stage.layout.edge_port, timeout=10)

        def ask() -> bytes:
            connection.request("GET", "/", headers={"Host": stage.layout.host_of(stage.name)})
            return connection.getresponse().read()

        assert ask() == b"v1"
        others = [f"{stage.name}-{letter}" for letter in "abcd"]
        with traffic(stage) as wrong:
            for name in others:
                stage.deploy(1, workload=name)
                assert ask() == b"v1"
        connection.close()
        assert wrong == []
        assert stage.runtime.edge.plan().slots == 8
        assert [stage.get(workload=name) for name in others] == [(200, "v1")] * 4


def test_a_supervisord_that_hangs_is_replaced_and_a_rollback_still_works(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    hung = stage.supervisord_pid()
    os.kill(hung, signal.SIGSTOP)
    stage.roll_back()
    assert stage.get() == (200, "v1")
    assert stage.supervisord_pid() != hung


def test_a_haproxy_that_hangs_is_replaced(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    for pid in processes.members(stage.layout.edge):
        os.kill(pid, signal.SIGSTOP)
    stage.roll_back()
    assert stage.get() == (200, "v1")


def test_a_service_whose_port_was_taken_while_it_was_dead_gets_another(stage: Stage):
    stage.deploy(1)
    port = programs.port_of(stage.layout, stage.name, 1)
    kill(stage.supervisord_pid())
    kill(stage.pid())
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        done = stage.runtime.reconcile()
        assert any("another process has taken its own" in line for line in done)
        until(stage.answers, what="the service on its new port")
    assert programs.port_of(stage.layout, stage.name, 1) != port


def test_a_rollback_waits_for_no_release_that_is_being_waited_for(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    spec = stage.build(stage.spec(3, environment={"BEHAVIOUR": "late", "LATE_SECONDS": "3"}))
    deploying = threading.Thread(target=lambda: stage.runtime.start(spec, report=stage.report))
    deploying.start()
    until(lambda: stage.pid(3) is not None, what="the start")
    began = time.monotonic()
    stage.roll_back()
    assert time.monotonic() - began < 2.5
    assert deploying.is_alive()
    assert stage.get() == (200, "v1")
    deploying.join()
    with pytest.raises(RuntimeFailure, match="was rolled back while v3 was starting"):
        stage.runtime.switch(spec, actor="asha", report=stage.report)
    assert stage.get() == (200, "v1")


def test_whoever_reports_can_call_a_start_off(stage: Stage):
    stage.deploy(1)
    spec = stage.build(stage.spec(2, environment={"BEHAVIOUR": "silent"}))

    class CalledOffError(Exception):
        pass

    def report(step: str, line: str) -> None:
        if step == "ready":
            raise CalledOffError

    with pytest.raises(CalledOffError):
        stage.runtime.start(spec, report=report)
    assert stage.pid(2) is None
    assert stage.get() == (200, "v1")
    assert stage.runtime.reconcile() == ()


def test_shutting_down_while_a_service_is_being_started_again_leaves_nothing(stage: Stage):
    stage.deploy(1)
    for _ in range(5):
        kill(stage.pid())
        stage.runtime.shut_down()
        assert stage.alive() == []
        stage.runtime.ensure_running()
        until(stage.answers, what="the service")
