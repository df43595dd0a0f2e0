"""A release that cannot be built or never becomes ready: it says why, and what served goes on serving."""

from __future__ import annotations

import shlex
import time
from typing import Any

import psutil
import pytest

from roadbed.adapters.local_runtime.tests.stage import Stage, free_port, kill, until
from roadbed.ground.ports.runtime import RuntimeFailure


def refused(stage: Stage, number: int = 2, **more: Any) -> RuntimeFailure:
    with pytest.raises(RuntimeFailure) as failure:
        stage.deploy(number, **more)
    return failure.value


@pytest.fixture
def serving(stage: Stage) -> Stage:
    stage.deploy(1)
    return stage


def unchanged(stage: Stage) -> bool:
    lost = [line for line in stage.alive() if "/2" in line]
    return stage.get() == (200, "v1") and not lost and stage.runtime.status(stage.name).number == 1


def test_a_crash_before_readiness_is_reported_at_once_with_exit_code_and_log(serving: Stage):
    began = time.monotonic()
    failure = refused(serving, environment={"BEHAVIOUR": "crash"})
    assert time.monotonic() - began < 5
    assert failure.step == "ready"
    assert failure.detail == "v2 ended before it was ready: exit status 3"
    assert failure.log == ("starting v2", "KeyError: 'DATABASE_URL'")
    assert unchanged(serving)


def test_a_signal_is_named(serving: Stage):
    failure = refused(serving, environment={"BEHAVIOUR": "segfault"})
    assert "terminated by SIGSEGV" in failure.detail
    assert unchanged(serving)


def test_a_command_that_does_not_exist_is_quoted(serving: Stage):
    failure = refused(serving, run="exec no-such-program --serve")
    assert "exit status 127" in failure.detail
    assert "no-such-program" in failure.log[-1]
    assert unchanged(serving)


def test_a_service_that_never_listens(serving: Stage):
    failure = refused(serving, environment={"BEHAVIOUR": "silent"}, ready_seconds=1.0)
    assert failure.detail == "v2 listened on no port within 1 s"
    assert "$PORT" in failure.remedy
    assert failure.log == ("starting v2",)
    assert unchanged(serving)


def test_a_service_on_another_port_is_told_which(serving: Stage):
    other = free_port()
    environment = {"BEHAVIOUR": "other-port", "OTHER_PORT": str(other)}
    failure = refused(serving, environment=environment, ready_seconds=1.0)
    assert failure.detail.startswith(f"v2 listens on port {other}, not on the port ")
    assert unchanged(serving)


def test_a_health_path_that_does_not_answer_2xx(serving: Stage):
    failure = refused(serving, environment={"BEHAVIOUR": "unready"}, ready_seconds=1.0)
    assert failure.detail == "v2 was not ready within 1 s: it answers 503 on /healthz"
    assert unchanged(serving)


def test_a_health_path_that_hangs(serving: Stage):
    failure = refused(serving, environment={"BEHAVIOUR": "hung"}, ready_seconds=1.0)
    assert "did not answer /healthz" in failure.detail
    assert unchanged(serving)


def test_what_moved_to_another_session_is_stopped_too(stage: Stage):
    before = {process.pid for process in psutil.process_iter()}
    stage.deploy(1, environment={"BEHAVIOUR": "family"})
    stage.deploy(2)
    sleepers = [
        process.pid
        for process in psutil.process_iter(["name", "status"])
        if process.pid not in before and process.info["name"] == "sleep" and process.info["status"] != "zombie"
    ]
    assert sleepers == []


def test_a_service_that_ignores_sigterm_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    from roadbed.adapters.local_runtime import daemon

    monkeypatch.setattr(daemon, "STOP_SECONDS", 1)
    stage.deploy(1, environment={"BEHAVIOUR": "stubborn"})
    stage.deploy(2)
    assert stage.pid(1) is None


def test_a_broken_build_says_what_it_printed(serving: Stage):
    failure = refused(serving, build="echo compiling; echo 'no such module: left-pad' >&2; exit 4")
    assert (failure.step, failure.detail) == ("build", "the build command of v2 ended with exit code 4")
    assert failure.log == ("compiling", "no such module: left-pad")
    assert ("build", "compiling") in serving.said
    assert unchanged(serving)


def test_a_build_that_takes_too_long_is_ended_with_all_it_started(serving: Stage):
    began = time.monotonic()
    failure = refused(serving, build="echo begun; setsid sleep 3600 & sleep 3600", build_seconds=0.5)
    assert time.monotonic() - began < 5
    assert "took longer than 0.5 s" in failure.detail
    assert failure.log == ("begun",)
    assert not [line for line in serving.alive() if "sleep" in line]


def test_a_build_that_leaves_something_running_does_not_hold_up_the_deployment(serving: Stage):
    began = time.monotonic()
    serving.deploy(2, build="sleep 3600 & echo done")
    assert time.monotonic() - began < 10
    assert not [line for line in serving.alive() if "sleep" in line]


def test_a_build_makes_files_that_the_service_uses(stage: Stage):
    stage.deploy(1, build="mv service.py renamed.py", run="exec /usr/bin/python3 renamed.py")
    assert stage.get() == (200, "v1")


def test_a_build_sees_package_settings_and_no_secrets(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    monkeypatch.setenv("DJANGO_SECRET_KEY", "not for builds")
    stage.build(stage.spec(1, build="env", environment={"API_KEY": "not for builds"}))
    lines = [line for step, line in stage.said if step == "build"]
    assert "PIP_INDEX_URL=https://packages.example/simple" in lines
    assert not [line for line in lines if "not for builds" in line]


def test_a_service_that_dies_is_started_again_and_counted(stage: Stage):
    stage.deploy(1)
    kill(stage.pid())
    until(stage.answers, what="the restart")
    status = stage.runtime.status(stage.name)
    assert (status.state, status.restarts) == ("running", 1)


def test_a_crash_loop_is_seen_as_failing_and_ends_with_a_rollback(stage: Stage):
    stage.deploy(1)
    broken = shlex.quote(str(stage.layout.data / "broken"))
    stage.deploy(2, run=f"test -e {broken} && exit 5; exec /usr/bin/python3 service.py")
    (stage.layout.data / "broken").touch()
    kill(stage.pid(2))
    until(lambda: stage.runtime.status(stage.name).restarts >= 4, seconds=30, what="a crash loop")
    status = stage.runtime.status(stage.name)
    assert status.state == "failing"
    assert "keeps ending" in status.detail
    stage.roll_back()
    assert stage.get() == (200, "v1")
    assert stage.runtime.status(stage.name).state == "running"


def test_a_port_that_is_taken_is_not_chosen(stage: Stage):
    import socket
    from dataclasses import replace

    from roadbed.adapters.local_runtime import LocalRuntime

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        stage.layout = replace(stage.layout, ports=(port, port))
        stage.runtime = LocalRuntime(stage.layout)
        with pytest.raises(RuntimeFailure, match=f"no port is free from {port}"):
            stage.deploy(1)
