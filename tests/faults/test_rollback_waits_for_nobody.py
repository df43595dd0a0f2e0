"""A rollback is never blocked: not by a release that is being waited for, not by one that is being built."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from faults.whole import Whole, whole
from journeys.running import eventually

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def roadbed() -> Iterator[Whole]:
    with whole() as made:
        yield made


@pytest.mark.parametrize(
    ("step", "build", "before_ready"), [("ready", "true", 25.0), ("build", "sleep 25", 0.0)], ids=["ready", "build"]
)
def test_a_rollback_overtakes_a_deployment(roadbed: Whole, step: str, build: str, before_ready: float):
    roadbed.commit("good")
    roadbed.running.run("deploy", roadbed.name)
    roadbed.commit("held up", build=build, before_ready=before_ready)
    uid = roadbed.deploy_detached()
    roadbed.await_step(uid, step)
    began = time.monotonic()
    roadbed.running.run("rollback", roadbed.name)
    took = time.monotonic() - began
    assert roadbed.running.service(roadbed.name).text == "one"
    assert took < 20, f"{took:.1f} s, and the release would have held it up for 25"
    cancelled = roadbed.await_end(uid)
    assert "asked for a rollback" in cancelled["failure"]["detail"]
    eventually("one release running", lambda: roadbed.serving_processes() == 1, seconds=45)
    assert roadbed.running.service(roadbed.name).text == "one"
