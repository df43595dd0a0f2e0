"""kill -9 of the worker in mid-deployment, at each step: the next one finishes it, and nothing half-done stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from faults.whole import Whole, whole
from journeys.running import eventually

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def roadbed() -> Iterator[Whole]:
    with whole() as made:
        yield made


def kinds_of(roadbed: Whole, uid: str) -> list[str]:
    facts = roadbed.running.json("ledger", "facts", "--limit", "200")["items"]
    return sorted(fact["kind"] for fact in facts if (fact["data"] or {}).get("deployment") == uid)


@pytest.mark.parametrize(
    ("step", "build", "before_ready"), [("build", "sleep 2", 0.0), ("start", "true", 3.0)], ids=["build", "start"]
)
def test_before_the_switch_the_next_worker_does_it_again(roadbed: Whole, step: str, build: str, before_ready: float):
    roadbed.commit(f"killed in {step}", build=build, before_ready=before_ready)
    before = roadbed.running.service(roadbed.name).text
    uid = roadbed.deploy_detached()
    roadbed.await_step(uid, step)
    roadbed.kill_worker()
    assert roadbed.running.service(roadbed.name).text == before, "what serves is untouched"
    done = roadbed.await_end(uid)
    assert (done["state"], done["failure"]) == ("succeeded", None)
    assert roadbed.running.service(roadbed.name).text == f"killed in {step}"
    releases = roadbed.get(f"/services/{roadbed.name}/releases")["items"]
    assert [one["state"] for one in releases[:2]] == ["good", "failed"], (
        "the release of the dead worker is told as failed"
    )
    assert kinds_of(roadbed, uid) == ["deployment.started", "service.upgraded"]
    eventually("the end of what the dead worker started", lambda: roadbed.serving_processes() == 1, seconds=20)


def test_while_draining_the_next_worker_only_tells(roadbed: Whole):
    roadbed.commit("killed in drain")
    slow: list[httpx.Response] = []
    roadbed.held.touch()
    thread = threading.Thread(target=lambda: slow.append(roadbed.running.service(roadbed.name, "/slow")))
    thread.start()
    uid = roadbed.deploy_detached()
    roadbed.await_step(uid, "drain")
    roadbed.kill_worker()
    roadbed.held.unlink()
    thread.join()
    assert slow[0].status_code == 200, "the request that was under way is answered"
    done = roadbed.await_end(uid)
    assert done["state"] == "succeeded"
    assert roadbed.running.service(roadbed.name).text == "killed in drain"
    assert kinds_of(roadbed, uid) == ["deployment.started", "service.upgraded"]
    eventually("the end of the former release", lambda: roadbed.serving_processes() == 1, seconds=40)


def test_the_workload_is_free_for_the_next_deployment(roadbed: Whole):
    roadbed.commit("after the kills")
    roadbed.running.run("deploy", roadbed.name)
    assert roadbed.running.service(roadbed.name).text == "after the kills"
