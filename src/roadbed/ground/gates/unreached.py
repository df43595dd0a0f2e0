"""Changes that went out without an answer by `--on-unreachable allow`, told of once there is contact again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.catalog.queries import service
from roadbed.ground.gates.queries import MOST, WINDOW
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise

KIND: Final = "gate.unreachable"


@dataclass(frozen=True, slots=True)
class Use:
    """One use, as the command line kept it. `id` is its own, so that telling it twice changes nothing."""

    id: str
    at: datetime
    service: str
    environment: str = ""
    kind: str = ""
    commit: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class UseView:
    """One use as it is shown: when it was, and when it was heard of."""

    service: str
    environment: str
    kind: str
    commit: str
    why: str
    at: datetime
    reported_at: datetime
    reported_by: str


def report(caller: Caller, uses: Iterable[Use], *, now: datetime) -> int:
    """Record uses that are not on record yet; answers how many those were.

    A service that the catalogue does not know is recorded under the name that was given: the change went out all the
    same.
    """
    authorise(caller, "gate.ask")
    told = {f"unreachable:{use.id}": use for use in uses}
    with unit(caller, now=now) as writing:
        known = set(Fact.objects.filter(source=KIND, source_id__in=list(told)).values_list("source_id", flat=True))
        for source_id, use in told.items():
            if source_id in known:
                continue
            found = service(use.service)
            writing.record(
                KIND,
                found.uid if found else use.service[:64],
                environment=use.environment[:40],
                occurred_at=min(use.at, now),
                source=KIND,
                source_id=source_id,
                data={
                    "service": found.name if found else use.service,
                    "kind": use.kind,
                    "commit": use.commit,
                    "why": use.why,
                },
            )
    return len(told) - len(known)


def uses(service_uid: str = "", *, now: datetime, limit: int = MOST) -> tuple[UseView, ...]:
    """Uses of the last 90 days, newest first."""
    rows = Fact.objects.filter(kind=KIND, occurred_at__gt=now - WINDOW)
    if service_uid:
        rows = rows.filter(subject=service_uid)
    return tuple(
        UseView(
            service=str(row.data.get("service", "")),
            environment=row.environment,
            kind=str(row.data.get("kind", "")),
            commit=str(row.data.get("commit", "")),
            why=str(row.data.get("why", "")),
            at=row.occurred_at,
            reported_at=row.recorded_at,
            reported_by=row.actor_name,
        )
        for row in rows.order_by("-occurred_at", "-position")[:limit]
    )
