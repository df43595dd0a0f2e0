"""Judges the services whose facts changed, each as a whole and in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from roadbed.delivery.metrics.models import Stale, Told, Trouble, Verdict
from roadbed.delivery.metrics.rollups.keeping import keep
from roadbed.delivery.metrics.rules.blaming import blamed
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.reading import BURNED, Line, deployments_of, standing
from roadbed.delivery.metrics.rules.values import Carried, Incident, Judged
from roadbed.ground.ledger import projections

History = tuple[tuple[Judged, ...], tuple[Incident, ...]]


def settle(*, most: int = 500) -> int:
    """Judge anew up to `most` services that have news; answers how many were judged."""
    uids = list(Stale.objects.order_by("service_uid").values_list("service_uid", flat=True)[:most])
    return sum(_settle_one(uid) for uid in uids)


def _settle_one(service_uid: str) -> bool:
    with transaction.atomic(using=projections.database()):
        # The mark goes first: what is told meanwhile waits for it, and marks the service again.
        taken, _ = Stale.objects.filter(service_uid=service_uid).delete()
        if not taken:
            return False
        keep(service_uid, *history_of(service_uid))
    return True


def history_of(service_uid: str) -> History:
    """A service's whole history, judged from what was told; nothing is written."""
    rows = list(Told.objects.filter(service_uid=service_uid))
    deployed = {row.key for row in rows if row.kind.startswith("service.")}
    incidents = {row.key for row in rows if row.kind.startswith("incident.")}
    incidents |= _naming(deployed)
    others = Told.objects.filter(key__in=incidents).exclude(service_uid=service_uid)
    lines = [_line(row) for row in (*rows, *others)]
    corrected = Told.objects.exclude(supersedes="").filter(supersedes__in=[line.uid for line in lines])
    stand = standing(lines, corrected.values_list("supersedes", flat=True))
    own = [line for line in stand if line.service_uid == service_uid]
    deployments = deployments_of(own)
    burns = {service_uid: [line.occurred_at for line in own if line.kind == BURNED]}
    known = blamed(stand, deployments, burns=burns)
    return judge(deployments, known), tuple(one for one in known if one.service_uid == service_uid)


def _naming(deployments: set[str]) -> set[str]:
    """Incidents of whichever service that name one of these deployments as their cause."""
    named = Told.objects.filter(kind__startswith="incident.", names__in=list(deployments))
    return set(named.values_list("key", flat=True))


def stored(service_uids: list[str] | None, *, since: datetime) -> History:
    """What was judged of deployments and incidents after an instant; of all services where none are named."""
    verdicts = Verdict.objects.filter(at__gte=since)
    troubles = Trouble.objects.filter(started_at__gte=since)
    if service_uids is not None:
        verdicts = verdicts.filter(service_uid__in=service_uids)
        troubles = troubles.filter(service_uid__in=service_uids)
    # Plain columns: a model for each row would cost more than all of the arithmetic.
    judged = verdicts.values_list(*Judged.__slots__).iterator(chunk_size=2000)
    known = troubles.values_list(*Incident.__slots__).iterator(chunk_size=2000)
    return tuple(_judged(row) for row in judged), tuple(Incident(*row) for row in known)


def _judged(row: tuple[Any, ...]) -> Judged:
    values = dict(zip(Judged.__slots__, row, strict=True))
    return Judged(**values | {"carried": tuple(Carried(*each) for each in values["carried"])})


def _line(row: Told) -> Line:
    return Line(
        uid=row.uid, kind=row.kind, key=row.key, service_uid=row.service_uid, names=row.names,
        environment=row.environment, occurred_at=row.occurred_at, supersedes=row.supersedes, data=row.data,
    )  # fmt: skip
