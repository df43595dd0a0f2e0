"""Judges the services whose facts changed, each as a whole, and writes several of them in one transaction."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterator
from typing import Final

from django.db import connections, transaction
from django.db.models import QuerySet

from roadbed.delivery.metrics.columnar.judging import judged_in_columns
from roadbed.delivery.metrics.columnar.taking import Deployments, deployments_in
from roadbed.delivery.metrics.models import Stale, Told
from roadbed.delivery.metrics.rollups import keeping
from roadbed.delivery.metrics.rules.blaming import blamed
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.reading import BURNED, KINDS, OF_DEPLOYMENTS, Line, standing
from roadbed.delivery.metrics.rules.values import Incident, Judged
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.plain import corrected_among, lengths_of, plain_facts_of

History = tuple[tuple[Judged, ...], tuple[Incident, ...]]
AT_ONCE: Final = 20_000
"""Rows of one transaction, which keeps whoever else writes waiting for about half a second."""
NAMES_AT_ONCE: Final = 2000
MANY: Final = 50
"""Services that wait at once only after a rebuild."""
LOOKED_AT: Final = 100
"""Services whose facts are counted at once."""
Waiting = tuple[str, int]
"""A service with news, and its mark."""


def settle(*, most: int = 500, within: float = math.inf, part: tuple[int, int] = (0, 1)) -> int:
    """Judge anew up to `most` services that have news; answers how many were judged.

    Args:
        most: how many at most.
        within: seconds after which no other one is begun.
        part: which of how many parts of all services, for processes that share the work.
    """
    begun, judged, rows = time.monotonic(), 0, 0
    made: list[tuple[Waiting, keeping.History]] = []
    for waiting in _waiting(most, part):
        history = _judged(waiting[0])
        made.append((waiting, history))
        rows += sum(len(kept.judged) for kept in history.values())
        late = time.monotonic() - begun > within
        if late or rows >= AT_ONCE:
            judged += _write(made)
            made, rows = [], 0
        if late:
            break
    return judged + _write(made)


def settle_some() -> int:
    """Judge what has news, for half a second at most: the figures follow the facts, and the worker its other work.

    What a rebuild leaves is for the job, which has processes for it.
    """
    return settle(within=0.5) if Stale.objects.count() < MANY else 0


def facts_waiting(*, at_least: int) -> int:
    """How many facts the services with news have, counted until there are `at_least` so many."""
    counted = 0
    for begin in range(0, len(waiting := list(Stale.objects.values_list("service_uid", flat=True))), LOOKED_AT):
        counted += sum(lengths_of(waiting[begin : begin + LOOKED_AT]).values())
        if counted >= at_least:
            break
    return counted


def _waiting(most: int, part: tuple[int, int]) -> Iterator[Waiting]:
    number, of = part
    rows = list(Stale.objects.order_by("service_uid").values_list("service_uid", "mark"))
    own = [row for row in rows if zlib.crc32(row[0].encode()) % of == number]
    yield from own[:most]


def _write(made: list[tuple[Waiting, keeping.History]]) -> int:
    """What was told meanwhile changed a service's mark: nothing of it is written, and it is judged once more."""
    if not made:
        return 0
    with transaction.atomic(using=projections.database()):
        taken = [one for one in made if Stale.objects.filter(service_uid=one[0][0], mark=one[0][1]).delete()[0]]
        keeping.keep((uid, history) for (uid, _), history in taken)
    late = {uid for (uid, _), _ in made} - {uid for (uid, _), _ in taken}
    return len(taken) + sum(map(_settle_held, sorted(late)))


def _settle_held(service_uid: str) -> bool:
    """Judge a service that is told of all the time: its mark goes first, and whoever tells more waits."""
    with transaction.atomic(using=projections.database()):
        taken, _ = Stale.objects.filter(service_uid=service_uid).delete()
        if taken:
            keeping.keep([(service_uid, _judged(service_uid))])
    return bool(taken)


def _judged(service_uid: str) -> keeping.History:
    deployments, incidents = _told(service_uid)
    return judged_in_columns(deployments, incidents, [one for one in incidents if one.service_uid == service_uid])


def history_of(service_uid: str) -> History:
    """A service's whole history as values, judged by the rules from what was told; nothing is written."""
    deployments, incidents = _told(service_uid)
    return judge(deployments, incidents), tuple(one for one in incidents if one.service_uid == service_uid)


def _told(service_uid: str) -> tuple[Deployments, tuple[Incident, ...]]:
    """Its deployments, from the ledger, and the incidents that are its own or that they caused."""
    facts = plain_facts_of(service_uid, kinds=OF_DEPLOYMENTS)
    corrected = corrected_among([one.uid for one in facts], kinds=KINDS)
    deployments = deployments_in(service_uid, facts, corrected=corrected)
    lines = _lines(Told.objects.filter(service_uid=service_uid))
    incidents = {line.key for line in lines if line.kind.startswith("incident.")} | _naming(deployments.uid)
    lines += _lines(Told.objects.filter(key__in=incidents).exclude(service_uid=service_uid))
    stand = standing(lines, corrected_among([line.uid for line in lines], kinds=KINDS))
    burns = [line.occurred_at for line in stand if line.kind == BURNED and line.service_uid == service_uid]
    return deployments, blamed(stand, deployments, burns={service_uid: burns})


def _naming(deployments: list[str]) -> set[str]:
    """Incidents of whichever service that name one of these deployments as their cause."""
    found: set[str] = set()
    with connections[projections.database()].cursor() as cursor:
        for begin in range(0, len(deployments), NAMES_AT_ONCE):
            some = deployments[begin : begin + NAMES_AT_ONCE]
            marks = ", ".join(["%s"] * len(some))
            # Plain, since so many values cost more on their way through a query than in the database.
            cursor.execute(f"SELECT key, kind FROM metrics_told WHERE names IN ({marks})", some)  # noqa: S608 - marks alone
            found.update(key for key, kind in cursor.fetchall() if kind.startswith("incident."))
    return found


def _lines(rows: QuerySet[Told]) -> list[Line]:
    return [Line(*row) for row in rows.values_list(*Line.__slots__)]
