"""Sixty kills in the middle of intake, escalation and sending: nothing answered is lost, one message a kill doubled.

The processes are the real ones, killed by SIGKILL with their whole group at seeded moments and started again at once,
all three at the same time. The provider, monitoring and whoever acknowledges live outside of them and go on.
"""

from __future__ import annotations

import pytest

from faults.kills.provider import provider
from faults.kills.stage import in_memory, staged
from faults.kills.storm import SERVICES, Storm
from faults.kills.tables import Tables

KILLS = 20
"""Of each process."""

pytestmark = pytest.mark.timeout(600)


def test_sixty_kills_lose_nothing(tables: Tables):
    with in_memory() as folder, provider() as receiver, staged(folder / "data", ROADBED_STORM_PAGES="0") as stage:
        stage.prepare(list(SERVICES), kind="webhook", address=f"{receiver.url}/{{name}}", tables=tables)
        storm = Storm(stage, receiver, seed=20261128)
        storm.begin()
        storm.torment(KILLS, alerts=KILLS + 1)
        found = storm.settle()
        storm.stop()
    assert min(stage.kills.values()) >= KILLS
    assert found.faults == {}
    assert found.answered > KILLS
    assert found.duplicates <= stage.kills["pager"], stage.kills
    assert len(storm.on_call.acknowledged) > 5
    assert len(storm.on_call.snoozed) > 2
    assert sum(len(one.seen) for one in storm.torments.values()) > KILLS // 2, storm.died_of()
