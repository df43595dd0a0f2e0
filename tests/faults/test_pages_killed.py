"""Fifty kills in the middle of intake, escalation and sending: nothing answered is lost, one message a kill doubled.

The processes are the real ones, killed by SIGKILL with their whole group at seeded moments and at named points, and
started again at once. The provider, monitoring and whoever acknowledges live outside of them and go on.
"""

from __future__ import annotations

import pytest

from faults.kills.points import POINTS
from faults.kills.provider import provider
from faults.kills.stage import in_memory, staged
from faults.kills.storm import SERVICES, Storm

KILLS = 34
"""A third of them kills twice: once to arm a point, once at it."""

pytestmark = pytest.mark.timeout(600)


def test_fifty_kills_lose_nothing():
    with in_memory() as folder, provider() as receiver, staged(folder / "data") as stage:
        stage.prepare(list(SERVICES), receiver.url)
        storm = Storm(stage, receiver, seed=20261128)
        storm.begin()
        storm.volley(KILLS)
        found = storm.settle()
    kills = sum(stage.kills.values())
    assert kills >= 50
    assert found.faults == {}
    assert found.answered > 2 * KILLS - len(storm.silences) - 1
    assert found.duplicates <= stage.kills["pager"], f"{kills} kills"
    assert len(storm.on_call.acknowledged) > 10
    assert len(storm.at_points) >= len(POINTS) // 2, storm.at_points
