"""What the room's facts say."""

from __future__ import annotations

from math import ceil
from typing import Any, Final

from roadbed.ground.ledger.unit import Unit
from roadbed.platform.runbooks.models import Run, Runbook

TOLD: Final = 2000
"""Signs of the output that go along with the fact; all that was kept stands at the run."""


def about(row: Runbook) -> dict[str, Any]:
    """What every fact of a runbook says."""
    return {"runbook": row.title, "runbook_uid": row.uid, "slug": row.slug, "service": row.service, "owner": row.owner}


def minutes_of(row: Run) -> int:
    """Whole minutes that it took somebody, at least one: as they said, or as long as it ran."""
    if row.minutes is not None:
        return row.minutes
    if row.started_at is None or row.finished_at is None:
        return 1
    return max(1, ceil((row.finished_at - row.started_at).total_seconds() / 60))


def record_run(writing: Unit, runbook: Runbook, row: Run) -> None:
    """Note a run that is over, once."""
    began, ended = row.started_at, row.finished_at
    data = about(runbook) | {
        "run": row.uid,
        "version": row.version,
        "step": row.step,
        "title": row.title,
        "needs": row.needs,
        "parameters": row.parameters,
        "outcome": row.state,
        "exit_code": row.exit_code,
        "seconds": round((ended - began).total_seconds(), 3) if began and ended else None,
        "minutes": minutes_of(row),
        "person": row.person_uid,
        "person_name": row.person,
        "incident": row.incident,
        "incident_uid": row.incident_uid,
        "environment": row.environment,
        "dry_run": row.dry_run,
        "by_hand": row.by_hand,
        "local": row.local,
        "note": row.note,
        "output": row.output[:TOLD],
        "url": f"/runbooks/runs/{row.uid}",
    }
    writing.record(
        "runbook.run",
        row.service_uid,
        environment=row.environment,
        occurred_at=ended,
        source_id=f"runbook-run:{row.uid}",
        data=data,
    )
