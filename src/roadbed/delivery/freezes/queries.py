"""Reading freezes: all that matter now, and those of one service."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.delivery.freezes.models import Freeze
from roadbed.delivery.freezes.rules import EVERYTHING, SERVICE, TEAM, FreezeView, state_of
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import NotFound
from roadbed.ground.gates.rules import Question
from roadbed.ground.prepared import Prepared, columns, instances

MOST = 200


def view_of(row: Freeze, *, now: datetime) -> FreezeView:
    """The row as a value."""
    return FreezeView(
        uid=row.uid,
        scope=row.scope,
        target=row.target,
        environment=row.environment,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        declared_by=row.declared_by,
        declared_at=row.declared_at,
        lifted_by=row.lifted_by,
        lifted_at=row.lifted_at,
        state=state_of(row.starts_at, row.ends_at, row.lifted_at, now=now),
    )


def freezes(*, now: datetime, past: bool = False) -> tuple[FreezeView, ...]:
    """Those now and to come, the soonest first; with `past` also those over and lifted, the latest first."""
    rows = Freeze.objects.all()
    if past:
        return tuple(view_of(row, now=now) for row in rows.order_by("-ends_at", "-pk")[:MOST])
    live = rows.filter(ends_at__gt=now, lifted_at=None).order_by("starts_at", "pk")
    return tuple(view_of(row, now=now) for row in live[:MOST])


def freezes_for(question: Question, *, now: datetime) -> tuple[FreezeView, ...]:
    """Those that hold or will hold a service in an environment."""
    live = instances(Freeze, _HOLDING.rows(now=now, environment=question.environment, service=question.service_uid))
    if any(row.scope == TEAM for row in live):
        service = catalog.service(question.service_uid)
        owner = service.owner_uid if service else ""
        live = [row for row in live if row.scope != TEAM or row.target_uid == owner]
    return tuple(view_of(row, now=now) for row in live)


def require_freeze(uid: str, *, now: datetime) -> FreezeView:
    """One freeze."""
    row = Freeze.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"No freeze {uid[:40]}.", remedy="`roadbed freezes list` shows them.")
    return view_of(row, now=now)


_HOLDING: Final = Prepared(
    lambda now, environment, service: (
        Freeze.objects.filter(ends_at__gt=now, lifted_at=None, environment=environment)
        .filter(Q(scope__in=(EVERYTHING, TEAM)) | Q(scope=SERVICE, target_uid=service))
        .order_by("ends_at", "pk")
        .values_list(*columns(Freeze))[:MOST]
    ),
    now=datetime,
    environment=str,
    service=str,
)
