"""Logs that stay short without Roadbed, data folders in awkward places, and real builds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from roadbed.adapters.local_runtime import attendant, programs
from roadbed.adapters.local_runtime.tests.stage import Stage, until


def test_a_log_that_grew_too_long_is_cut_while_the_service_goes_on(stage: Stage):
    stage.deploy(1)
    log = programs.log_of(stage.layout, stage.name, 1)
    with log.open("ab") as file:
        file.write(b"x" * (attendant.LOG_BYTES + 1))
    until(lambda: log.stat().st_size < 1000, what="the cut")
    assert log.with_suffix(".log.1").stat().st_size > attendant.LOG_BYTES
    stage.get("/say/still-here")
    assert stage.runtime.log_tail(stage.name) == ("still-here",)


@pytest.mark.parametrize(
    "name", ["a" * 120, "with blank", "50% ; off [x] * ?", "quo'te\"", "ünïcode", "$HOME `id`", "-dash"]
)
def test_a_data_folder_may_have_any_name(name: str):
    base = Path(tempfile.mkdtemp(prefix="roadbed-", dir="/tmp"))
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    stage = Stage(base / name)
    try:
        stage.deploy(1, build="pwd")
        assert stage.get() == (200, "v1")
        assert stage.counted(requests=1).requests == 1
        assert stage.runtime.reconcile() == ()
        stage.close()
    finally:
        stage.runtime.shut_down()
        shutil.rmtree(base)


@pytest.mark.root
def test_a_python_service_builds_its_own_environment(isolated: Stage):
    isolated.deploy(
        1,
        build="/usr/bin/python3 -m venv --without-pip .venv",
        run="exec .venv/bin/python service.py",
        build_seconds=60,
    )
    assert isolated.get() == (200, "v1")
