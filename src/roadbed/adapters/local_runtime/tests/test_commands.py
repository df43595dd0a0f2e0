"""The runtime's own commands, in processes of their own, as someone uses them when Roadbed is dead."""

from __future__ import annotations

import json

import pytest

from roadbed.adapters.local_runtime.tests.stage import Stage, kill, run_module


def test_a_local_rollback_with_everything_dead(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    kill(stage.supervisord_pid())
    kill(stage.edge_pid())
    done = run_module(
        "rollback", "--data", str(stage.layout.data), stage.name, "--json", "--reason", "errors", "--actor", "ben"
    )
    assert done.returncode == 0, done.stderr
    switch = json.loads(done.stdout)["switch"]
    assert (switch["number"], switch["former"]) == (1, 2)
    assert stage.get() == (200, "v1")
    entry = stage.runtime.journal()[-1]
    assert (entry.verb, entry.local, entry.actor, entry.reason) == ("rolledback", True, "ben", "errors")
    assert (entry.service_uid, entry.commit) == ("uid-of-it", f"{1:040x}")


def test_the_same_in_words(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    done = run_module("rollback", "--data", str(stage.layout.data), stage.name, "--to", "1")
    assert done.returncode == 0, done.stderr
    assert f"{stage.name} is back on v1 after " in done.stdout


def test_a_rollback_that_cannot_be_says_why_and_what_to_do(stage: Stage):
    stage.deploy(1)
    done = run_module("rollback", "--data", str(stage.layout.data), stage.name, "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert "no earlier good release" in error["detail"]
    assert error["remedy"]
    done = run_module("rollback", "--data", str(stage.layout.data), stage.name, "--to", "7")
    assert done.returncode == 1
    assert "v7" in done.stderr
    assert "remedy: " in done.stderr
    assert stage.get() == (200, "v1")


def test_status_reconcile_and_journal(stage: Stage):
    stage.deploy(1)
    data = str(stage.layout.data)
    (status,) = json.loads(run_module("status", "--data", data, "--json").stdout)["workloads"]
    assert (status["workload"], status["state"], status["number"]) == (stage.name, "running", 1)
    assert f"{stage.name}  running  v1" in run_module("status", "--data", data).stdout
    assert json.loads(run_module("reconcile", "--data", data, "--json").stdout) == {"done": []}
    (entry,) = json.loads(run_module("journal", "--data", data, "--json").stdout)["entries"]
    assert entry["verb"] == "switched"
    assert json.loads(run_module("journal", "--data", data, "--json", "--after", entry["uid"]).stdout) == {
        "entries": []
    }


def test_a_folder_where_nothing_ever_ran(stage: Stage):
    done = run_module("status", "--data", str(stage.layout.data / "nowhere"))
    assert done.returncode == 1
    assert "nothing was ever run" in done.stderr


@pytest.mark.root
def test_another_user_is_told_who_may(isolated: Stage):
    isolated.deploy(1)
    for verb in (["status"], ["rollback", isolated.name]):
        done = run_module(verb[0], "--data", str(isolated.layout.data), *verb[1:], user=65534)
        assert done.returncode == 1
        assert "remedy: run the command as the user who runs Roadbed" in done.stderr
        assert "Traceback" not in done.stderr


def test_down_ends_everything_and_a_rollback_brings_it_up(stage: Stage):
    stage.deploy(1)
    stage.deploy(2)
    assert run_module("down", "--data", str(stage.layout.data)).returncode == 0
    assert stage.alive() == []
    assert run_module("rollback", "--data", str(stage.layout.data), stage.name).returncode == 0
    assert stage.get() == (200, "v1")
