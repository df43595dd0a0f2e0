"""The ledger's background work: rebuilding a projection, forgetting deliveries that were read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import inbox, projections
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED


@job("ledger.rebuild", attempts=3, time_limit=3600.0)
def rebuild(run: JobRun, payload: dict[str, Any]) -> None:
    """Rebuild one projection; done twice it comes to the same tables."""
    name = str(payload["projection"])
    read = projections.rebuild(name, now=timezone.now())
    with unit(ROADBED, now=timezone.now()) as writing:
        writing.record("projection.rebuilt", name, source="ledger.rebuild", source_id=run.uid, data={"facts": read})


@job("ledger.inbox.tidy", every=3600.0)
def tidy(run: JobRun, payload: dict[str, Any]) -> None:
    """Forget deliveries that were read long ago, some at a time."""
    del run, payload
    while inbox.forget_read(now=timezone.now()):
        pass
