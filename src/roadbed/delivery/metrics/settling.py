"""Judges the services whose facts changed, each as a whole and in one transaction."""

from __future__ import annotations

import math
import time

from django.db import transaction
from django.db.models import QuerySet

from roadbed.delivery.metrics.models import Stale, Told
from roadbed.delivery.metrics.rollups.keeping import keep
from roadbed.delivery.metrics.rules.blaming import blamed
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.reading import BURNED, Line, deployments_of, standing
from roadbed.delivery.metrics.rules.values import Incident, Judged
from roadbed.ground.ledger import projections

History = tuple[tuple[Judged, ...], tuple[Incident, ...]]


def settle(*, most: int = 500, within: float = math.inf) -> int:
    """Judge anew up to `most` services that have news; answers how many were judged.

    Args:
        most: how many at most.
        within: seconds after which no other one is begun.
    """
    begun, judged = time.monotonic(), 0
    for uid, mark in Stale.objects.order_by("service_uid").values_list("service_uid", "mark")[:most]:
        if time.monotonic() - begun > within:
            break
        judged += _settle_one(uid, mark) or _settle_held(uid)
    return judged


def _settle_one(service_uid: str, mark: int) -> bool:
    """Judge without keeping anybody waiting; what was told meanwhile changed the mark, and then nothing is written."""
    judged, incidents = history_of(service_uid)
    with transaction.atomic(using=projections.database()):
        taken, _ = Stale.objects.filter(service_uid=service_uid, mark=mark).delete()
        if taken:
            keep(service_uid, judged, incidents)
    return bool(taken)


def _settle_held(service_uid: str) -> bool:
    """Judge a service that is told of all the time: its mark goes first, and whoever tells more waits."""
    with transaction.atomic(using=projections.database()):
        taken, _ = Stale.objects.filter(service_uid=service_uid).delete()
        if taken:
            keep(service_uid, *history_of(service_uid))
    return bool(taken)


def history_of(service_uid: str) -> History:
    """A service's whole history, judged from what was told; nothing is written."""
    lines = _lines(Told.objects.filter(service_uid=service_uid))
    deployed = {line.key for line in lines if line.kind.startswith("service.")}
    incidents = {line.key for line in lines if line.kind.startswith("incident.")}
    incidents |= _naming(deployed)
    lines += _lines(Told.objects.filter(key__in=incidents).exclude(service_uid=service_uid))
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


def _lines(rows: QuerySet[Told]) -> list[Line]:
    return [Line(*row) for row in rows.values_list(*Line.__slots__)]
