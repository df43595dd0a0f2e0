"""How a requested stop is carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases.models import Workload


def stop(workload: str, *, by: dict[str, Any], job: str, now: datetime) -> None:
    """Stop a workload and say so, unless somebody made it live again meanwhile."""
    row = Workload.objects.get(name=workload)
    if not row.stopped:
        return
    try:
        board.runtime().stop(workload)
    except RuntimeFailure as failure:
        Workload.objects.filter(pk=row.pk).update(stopped=False)
        raise Abandon(f"{failure.detail} {failure.remedy}".strip()) from failure
    caller = Caller(uid=by["uid"], name=by["name"], role=by["role"], teams=frozenset(by["teams"]))
    with unit(caller, now=now) as writing:
        Workload.objects.filter(pk=row.pk).update(serving=None, switched_at=now)
        writing.record(
            "service.stopped",
            row.service_uid,
            environment=row.environment,
            source_id=f"job:{job}",
            data={"workload": workload, "environment": row.environment},
        )
