"""Deploying, switching, rolling back and pruning, on a real HAProxy and supervisord."""

from __future__ import annotations

import json
import stat
import threading
import time
from http.client import HTTPConnection
from typing import Any

import pytest

from roadbed.adapters.local_runtime.tests.stage import Stage, free_port, until
from roadbed.ground.ports.runtime import RuntimeFailure


def test_a_deployed_service_answers_at_its_host(stage: Stage):
    switch = stage.deploy()
    assert (switch.number, switch.former, switch.drained) == (1, None, True)
    assert stage.get() == (200, "v1")
    status = stage.runtime.status(stage.name)
    assert (status.state, status.number, status.pid, status.restarts) == ("running", 1, stage.pid(), 0)
    assert status.url == f"http://{stage.name}.localhost:{stage.layout.edge_port}/"


def test_a_second_release_takes_over_and_the_first_is_stopped(stage: Stage):
    stage.deploy(1)
    first = stage.pid(1)
    switch = stage.deploy(2)
    assert (switch.number, switch.former, switch.drained) == (2, 1, True)
    assert stage.get() == (200, "v2")
    assert first is not None
    assert stage.pid(1) is None


def test_a_node_service_runs_too(stage: Stage):
    stage.deploy(run="exec /usr/bin/node service.mjs", health_path="/")
    assert stage.get() == (200, "v1")


def test_keep_alive_clients_notice_neither_switch_nor_rollback(stage: Stage):
    stage.deploy(1)
    failures, answered, stop = [], [], threading.Event()

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", stage.layout.edge_port, timeout=10)
        while not stop.is_set():
            try:
                connection.request("GET", "/", headers={"Host": stage.layout.host_of(stage.name)})
                answer = connection.getresponse()
                text = answer.read().decode()
                (answered if answer.status == 200 else failures).append(text)
            except OSError as error:
                failures.append(repr(error))
        connection.close()

    clients = [threading.Thread(target=client) for _ in range(4)]
    for each in clients:
        each.start()
    stage.deploy(2)
    stage.deploy(3)
    stage.roll_back()
    stage.roll_back(to=3)
    stop.set()
    for each in clients:
        each.join()
    assert failures == []
    assert {"v1", "v2", "v3"} <= set(answered)


def test_a_request_in_flight_ends_on_the_old_release(stage: Stage):
    stage.deploy(1)
    answers = []
    slow = threading.Thread(target=lambda: answers.append(stage.get("/sleep/1.0")))
    slow.start()
    until(lambda: stage.runtime.edge.admin.sessions("slot1", _server(stage)) == 1)
    switch = stage.deploy(2)
    slow.join()
    assert answers == [(200, "slept")]
    assert switch.drained


def test_a_request_that_outlasts_the_drain_is_cut(stage: Stage):
    stage.deploy(1)
    answers = []
    slow = threading.Thread(target=lambda: answers.append(stage.get("/sleep/30", seconds=20)))
    slow.start()
    until(lambda: stage.runtime.edge.admin.sessions("slot1", _server(stage)) == 1)
    switch = stage.deploy(2, drain_seconds=0.3)
    slow.join()
    assert not switch.drained
    assert answers[0][0] >= 500
    assert stage.get() == (200, "v2")


def _server(stage: Stage) -> str:
    return stage.runtime.edge.plan().routes[stage.name].server


def test_a_rollback_goes_to_the_last_good_release_and_not_to_one_that_was_withdrawn(stage: Stage):
    for number in (1, 2, 3):
        stage.deploy(number)
    assert stage.roll_back().number == 2
    assert stage.roll_back().number == 1
    with pytest.raises(RuntimeFailure, match="no earlier good release"):
        stage.roll_back()
    stage.deploy(4)
    assert stage.roll_back().number == 1
    assert stage.get() == (200, "v1")


def test_a_rollback_can_name_its_release(stage: Stage):
    for number in (1, 2, 3):
        stage.deploy(number)
    assert stage.roll_back(to=1).number == 1
    with pytest.raises(RuntimeFailure, match=r"v9 of .* was never good") as refused:
        stage.roll_back(to=9)
    assert "v3, v2, v1" in refused.value.remedy


def test_a_rollback_during_the_drain_takes_the_old_release_back_without_a_start(stage: Stage):
    stage.deploy(1, drain_seconds=20)
    first = stage.pid(1)
    slow = threading.Thread(target=lambda: stage.get("/sleep/2"))
    slow.start()
    until(lambda: stage.runtime.edge.admin.sessions("slot1", _server(stage)) == 1)
    deploying = threading.Thread(target=lambda: stage.deploy(2, drain_seconds=20))
    deploying.start()
    until(lambda: stage.get() == (200, "v2"))
    began = time.monotonic()
    stage.roll_back()
    assert stage.get() == (200, "v1")
    assert stage.pid(1) == first
    assert time.monotonic() - began < 2.0
    slow.join()
    deploying.join()
    assert stage.get() == (200, "v1")
    assert stage.pid(1) == first


def test_the_journal_keeps_every_switch_in_order(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    stage.roll_back()
    with pytest.raises(RuntimeFailure):
        stage.deploy(3, environment={"BEHAVIOUR": "crash"})
    entries = stage.runtime.journal()
    seen = [(entry.verb, entry.number, entry.former, entry.actor) for entry in entries]
    assert seen[:3] == [("switched", 1, None, "asha"), ("switched", 2, 1, "asha"), ("rolledback", 1, 2, "asha")]
    assert (entries[3].verb, entries[3].number) == ("failed", 3)
    assert entries[2].reason == "errors"
    assert stage.runtime.journal(after=entries[1].uid) == entries[2:]
    assert len({entry.uid for entry in entries}) == 4


def test_a_line_that_a_power_loss_cut_does_not_hide_the_journal(stage: Stage):
    stage.deploy(1)
    with stage.layout.journal.open("a") as file:
        file.write('{"uid": "torn", "at"')
    stage.deploy(2)
    assert [entry.number for entry in stage.runtime.journal()] == [1, 2]


def test_pruning_spares_the_newest_five_good_releases(stage: Stage):
    for number in range(1, 8):
        stage.deploy(number)
    assert set(stage.runtime.prune(stage.name, keep=1)) == {1, 2}
    assert stage.runtime.good_releases(stage.name) == (7, 6, 5, 4, 3)
    assert not stage.folder(1).exists()
    assert stage.roll_back(to=3).number == 3


def test_a_release_that_never_was_good_can_be_discarded_and_a_good_one_cannot(stage: Stage):
    stage.deploy(1)
    spec = stage.build(stage.spec(2))
    stage.runtime.discard(stage.name, spec.number)
    assert not stage.folder(2).exists()
    with pytest.raises(RuntimeFailure, match="good once"):
        stage.runtime.discard(stage.name, 1)


def test_a_stopped_service_leaves_the_edge_and_a_rollback_brings_it_back(stage: Stage):
    stage.deploy(1)
    stage.runtime.stop(stage.name)
    assert stage.get() == (404, f"No service answers at {stage.name}.localhost.\n")
    assert stage.runtime.status(stage.name).state == "stopped"
    assert stage.pid(1) is None
    assert stage.runtime.reconcile() == ()
    stage.roll_back()
    assert stage.get() == (200, "v1")


def test_a_removed_service_leaves_nothing(stage: Stage):
    stage.deploy(1)
    stage.runtime.remove(stage.name)
    assert stage.get()[0] == 404
    assert not stage.layout.workload(stage.name).exists()
    assert stage.runtime.status(stage.name).state == "absent"
    assert stage.runtime.statuses() == ()


def test_secrets_are_in_no_manifest_and_in_no_configuration(stage: Stage):
    stage.deploy(1, environment={"API_KEY": "s3cr3t-%(here)s"})
    assert json.loads(stage.get("/environment")[1])["API_KEY"] == "s3cr3t-%(here)s"
    holders = [path for path in stage.layout.root.rglob("*") if path.is_file() and b"s3cr3t" in path.read_bytes()]
    assert {path.name for path in holders} == {"environment.json", "program.json"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in holders)


def test_a_service_sees_a_clean_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROADBED_SECRET_OF_THE_SERVER", "not for services")
    stage.deploy(1, environment={"GREETING": "hello"})
    seen = json.loads(stage.get("/environment")[1])
    allowed = {"PATH", "HOME", "LANG", "LC_CTYPE", "HOST", "PORT", "GREETING", "PWD"}
    assert {name for name in seen if not name.startswith("ROADBED_")} <= allowed
    assert {name for name in seen if name.startswith("ROADBED_")} == {
        "ROADBED_RELEASE",
        "ROADBED_COMMIT",
        "ROADBED_VERSION",
    }


def test_the_newest_lines_of_the_log(stage: Stage):
    stage.deploy(1)
    stage.get("/say/first")
    stage.get("/say/second")
    assert stage.runtime.log_tail(stage.name) == ("starting v1", "first", "second")
    assert stage.runtime.log_tail(stage.name, lines=1) == ("second",)


def test_the_address_of_the_service_s_own_metrics(stage: Stage):
    assert stage.runtime.scrape_address(stage.name) is None
    stage.deploy(1)
    assert stage.runtime.scrape_address(stage.name) is None
    stage.deploy(2, metrics_path="/metrics")
    host, port, path = stage.runtime.scrape_address(stage.name)
    assert (host, path) == ("127.0.0.1", "/metrics")
    assert port == stage.runtime.edge.plan().routes[stage.name].port


def test_a_new_service_breaks_nobody_s_connection(stage: Stage):
    stage.deploy(1)
    connection = HTTPConnection("127.0.0.1", stage.layout.edge_port, timeout=10)
    connection.request("GET", "/", headers={"Host": stage.layout.host_of(stage.name)})
    connection.getresponse().read()
    kept = connection.sock
    stage.deploy(1, workload=f"{stage.name}-b")
    connection.request("GET", "/", headers={"Host": stage.layout.host_of(stage.name)})
    assert connection.getresponse().read() == b"v1"
    assert connection.sock is kept
    connection.close()
    assert stage.get(workload=f"{stage.name}-b") == (200, "v1")


@pytest.mark.parametrize("name", ["Checkout", "a b", "../etc", "-a", "a-", "a" * 64, "", "a%d", "a\nb", "a.b"])
def test_a_name_that_no_host_can_have_is_refused(stage: Stage, name: str):
    with pytest.raises(RuntimeFailure, match="not a name that a host can have"):
        stage.runtime.fresh_folder(name, 1)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("run", " ", "run command is empty"),
        ("health_path", "healthz", "not a path"),
        ("health_path", "/a b", "not a path"),
        ("health_path", "/a\r\nHost: x", "not a path"),
        ("environment", {"A=B": "x"}, "cannot be a variable"),
        ("environment", {"A": "x\0y"}, "cannot be a variable"),
        ("number", 0, "a release has a number"),
    ],
)
def test_a_spec_that_cannot_run_is_refused_before_anything_is_written(
    stage: Stage, field: str, value: Any, message: str
):
    spec = stage.spec(**{field: value})
    with pytest.raises(RuntimeFailure, match=message):
        stage.runtime.build(spec, report=stage.report)
    assert not stage.layout.root.exists()


def test_an_edge_port_in_use_is_named_with_who_has_it(stage: Stage):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stage.layout.edge_port))
        taken.listen()
        with pytest.raises(RuntimeFailure, match=f"127.0.0.1:{stage.layout.edge_port}.*pid") as refused:
            stage.runtime.ensure_running()
    assert f"--edge 127.0.0.1:{stage.layout.edge_port + 1}" in refused.value.remedy
    assert stage.runtime.ensure_running() == ("started HAProxy",)


def test_another_edge_address_is_taken_over_without_losing_services(stage: Stage):
    from dataclasses import replace

    from roadbed.adapters.local_runtime import LocalRuntime

    stage.deploy(1)
    stage.layout = replace(stage.layout, edge_port=free_port())
    stage.runtime = LocalRuntime(stage.layout)
    assert stage.runtime.ensure_running() == ("reloaded HAProxy with a new configuration",)
    assert stage.get() == (200, "v1")
