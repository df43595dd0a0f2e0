"""The stage for every test of releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadbed.ground import asks
from roadbed.ground.ports import board
from roadbed.platform.releases import jobs
from roadbed.platform.releases.tests.stage import Clock, Code, MemoryRuntime, Stage, people


@pytest.fixture
def stage(db: None, wired: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Checkout is registered with one commit; the runtime is in memory."""
    clock = Clock()
    made = Stage(runtime=MemoryRuntime(tmp_path, clock), code=Code(), clock=clock)
    monkeypatch.setitem(board._makers, "runtime", lambda: made.runtime)
    monkeypatch.setitem(board._makers, "code_host", lambda: made.code)
    for port in ("runtime", "code_host"):
        monkeypatch.delitem(board._made, port, raising=False)
    monkeypatch.setattr(jobs.timezone, "now", clock)
    monkeypatch.setattr("roadbed.platform.releases.running.FLUSH_SECONDS", 0.0)
    monkeypatch.setattr(asks, "_answerers", dict(asks._answerers))
    people()
    made.code.commit("Take the money")
    made.register()
    return made
