"""The stage for every test of runbooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import (
    AlertSeen,
    AlertsSeen,
    DeploymentsSince,
    Promised,
    Promises,
    RunsHere,
    UnresolvedIncident,
    UnresolvedIncidents,
    Whereabouts,
)
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports import board
from roadbed.platform.runbooks import planning, running
from roadbed.platform.runbooks.tests.stage import OTHER, TEXT, Cast, Clock, MemoryCode, MemorySteps, cast

HERE = Whereabouts("checkout", "v3", "c1")


@dataclass
class Stage:
    """Everything at hand, with what the other rooms would say."""

    code: MemoryCode
    steps: MemorySteps
    clock: Clock
    cast: Cast
    duty: str = ""
    where: Whereabouts | None = HERE
    incidents: tuple[UnresolvedIncident, ...] = ()
    promised: tuple[Promised, ...] = ()
    alerts: tuple[AlertSeen, ...] = ()
    deployments: int = 0
    secrets: dict[str, str] | None = None

    def incident(self, lead: Caller | None = None) -> None:
        uid, name = (lead.uid, lead.name) if lead else ("", "")
        self.incidents = (UnresolvedIncident("i1", "INC-7", "Lookups", "production", uid, name),)

    def start(self, who: Caller, reference: str, number: int, **asked: Any) -> str:
        """Look at a step, then confirm what was shown."""
        now: datetime = asked.pop("now", self.clock.at)
        shown = planning.plan(who, reference, number, **asked, now=now).shown
        return running.start(who, reference, number, shown=shown, **asked, now=now)


@pytest.fixture
def stage(db: None, wired: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Checkout is in the catalogue and runs here; its repository has two runbooks that nobody has read yet."""
    code, steps = MemoryCode(), MemorySteps(tmp_path)
    code.tree = {"runbooks/lookups.md": TEXT.encode(), "runbooks/slow.md": OTHER.replace("(slow.md)", "").encode()}
    for port, made in (("code_host", code), ("steps", steps)):
        monkeypatch.setitem(board._makers, port, lambda made=made: made)
        monkeypatch.delitem(board._made, port, raising=False)
    monkeypatch.setattr(asks, "_answerers", dict(asks._answerers))
    found = Stage(code, steps, Clock(), cast())

    def on_call(asked: asks.WhoIsOnCall) -> asks.OnCall | None:
        who = getattr(found.cast, found.duty) if found.duty else None
        return asks.OnCall(who.uid, who.name, asked.team, None) if who and asked.team in who.teams else None

    def secrets(asked: asks.ResolveSecrets) -> asks.SecretsResolved:
        known = {"API_TOKEN": "hunter2-of-checkout"} if found.secrets is None else found.secrets
        values = {name: known[name] for name in asked.names if name in known}
        return asks.SecretsResolved(values, tuple(set(asked.names) - set(values)), {})

    asks.answer_with(asks.WhoIsOnCall, on_call)
    asks.answer_with(asks.ResolveSecrets, secrets)
    asks.answer_with(RunsHere, lambda _: found.where)
    asks.answer_with(UnresolvedIncidents, lambda _: found.incidents)
    asks.answer_with(Promises, lambda _: found.promised)
    asks.answer_with(AlertsSeen, lambda _: found.alerts)
    asks.answer_with(DeploymentsSince, lambda _: found.deployments)
    return found


@pytest.fixture
def promised(stage: Stage) -> Stage:
    """The same with an objective that has a runbook, and one that has none."""
    named = ("lookups", "Lookups answered"), ("stock", "Stock is right")
    stage.promised = tuple(Promised(stage.cast.uid, f"o{n}", name, said) for n, (name, said) in enumerate(named))
    stage.alerts = (AlertSeen(stage.cast.uid, "DiskFull", ""), AlertSeen(stage.cast.uid, "of an objective", "o1"))
    return replace(stage)
