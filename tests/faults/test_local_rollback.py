"""Rolling back with everything dead: web, worker, both supervisords and HAProxy; then once in the ledger."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from faults.whole import Whole, whole
from journeys.running import eventually

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def roadbed() -> Iterator[Whole]:
    with whole() as made:
        yield made


def kill_everything_but_the_service(roadbed: Whole) -> int:
    """kill -9 of every process of this Roadbed except those of the service; answers how many."""
    data, killed = str(roadbed.running.data), []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "environ"]):
        info = process.info
        command = " ".join(info["cmdline"] or ())
        texts = (command, info["cwd"] or "", (info["environ"] or {}).get("ROADBED_DATA", ""))
        if any(data in text for text in texts) and "service.py" not in command:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                killed.append(process)
    psutil.wait_procs(killed, timeout=10)
    return len(killed)


def rolled_back(roadbed: Whole) -> list[dict[str, Any]]:
    items = roadbed.running.json("ledger", "facts", "--kind", "service.rolledback")["items"]
    return [fact for fact in items if fact["data"]["service"] == roadbed.name]


def test_a_rollback_with_everything_dead_and_its_fact_afterwards(roadbed: Whole):
    roadbed.commit("two")
    roadbed.running.run("deploy", roadbed.name)
    assert kill_everything_but_the_service(roadbed) >= 5
    with pytest.raises(Exception, match="refused"):
        roadbed.running.service(roadbed.name)
    began = time.monotonic()
    roadbed.running.run("rollback", roadbed.name, "--local", "--reason", "it charges twice")
    took = time.monotonic() - began
    assert roadbed.running.service(roadbed.name).text == "one"
    assert took < 15, f"{took:.1f} s"

    roadbed.running.up()
    (fact,) = eventually("the rollback in the ledger", lambda: rolled_back(roadbed))
    assert (fact["source"], fact["data"]["local"], fact["data"]["version"]) == ("runtime", True, "v1")
    assert fact["data"]["reason"] == "it charges twice"
    newest = roadbed.get(f"/services/{roadbed.name}/deployments")["items"][0]
    assert (newest["verb"], newest["local"], newest["state"]) == ("rollback", True, "succeeded")


def test_after_it_the_house_agrees_with_the_machine(roadbed: Whole):
    serving = [one["version"] for one in roadbed.get(f"/services/{roadbed.name}/releases")["items"] if one["serving"]]
    assert serving == ["v1"]
    assert roadbed.running.service(roadbed.name).text == "one"
    # What was rolled back from is not what a rollback brings back unasked.
    refused = roadbed.running.command("rollback", roadbed.name)
    assert refused.returncode == 1
    assert "no good release before v1" in refused.stderr
    roadbed.running.run("rollback", roadbed.name, "--to", "v2")
    assert roadbed.running.service(roadbed.name).text == "two"
    assert len(rolled_back(roadbed)) == 2, "each rollback is told once"


def test_a_release_that_is_not_there_changes_nothing_and_says_what_there_is(roadbed: Whole):
    refused = roadbed.running.command("rollback", roadbed.name, "--local", "--to", "9")
    assert refused.returncode == 1
    assert "v1" in refused.stderr
    assert roadbed.running.service(roadbed.name).text == "two"
