"""What the facts of a deployment say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roadbed.ground.ledger.unit import Unit
from roadbed.platform.releases.models import Deployment


def record_failed(writing: Unit, row: Deployment, *, detail: str, now: datetime) -> None:
    """Note that a deployment which had begun did not come out."""
    writing.record(
        "deployment.failed",
        row.service_uid,
        environment=row.environment,
        source_id=f"deployment:{row.uid}:failed",
        data=fact_data(row) | {"step": row.step, "error": detail, "seconds": seconds_of(row, now)},
    )


def fact_data(row: Deployment) -> dict[str, Any]:
    """What every fact of a deployment says."""
    return {
        "service": row.service_name,
        "environment": row.environment,
        "version": row.version,
        "commit": row.commit,
        "former": row.former,
        "kind": row.kind,
        "verb": row.verb,
        "by": "external" if row.external else "roadbed",
        "deployment": row.uid,
        "requested_at": row.requested_at.isoformat(),
        "requested_by": row.requested_by,
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "local": row.local,
        "reason": row.reason,
        "url": row.url,
    }


def seconds_of(row: Deployment, now: datetime) -> float | None:
    """How long it took, from its start; None where the start is not known."""
    return None if row.started_at is None else round((now - row.started_at).total_seconds(), 3)
