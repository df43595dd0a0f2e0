"""From facts to deliveries: each subscription reads the ledger by a cursor that moves in one transaction with its rows.

The ledger is the queue. A subscription keeps so many deliveries waiting and no more; beyond them its cursor stands
still, so that neither a storm of facts nor a receiver that is dead for days fills the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import Q

from roadbed.ground.ledger.queries import facts_after, last_position
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.subscriptions.about import NOTHING, Lookup
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.rules.patterns import Wanted, wants

BATCH: Final = 200
MOST_WAITING: Final = 1000


def advance(*, now: datetime, batch: int = BATCH) -> int:
    """Read on for every subscription that is behind; answers how many deliveries were made."""
    behind = Subscription.objects.filter(removed_at=None, state=Subscription.ACTIVE, position__lt=last_position())
    # While a receiver rests, nothing could be sent to it, so that its cursor rests too.
    behind = behind.filter(Q(quiet_until=None) | Q(quiet_until__lte=now))
    made = 0
    # Those that stand at the same place, and most do, share one look at the ledger.
    for position, rows in groupby(behind.order_by("position"), key=lambda row: row.position):
        facts = facts_after(position, limit=batch)
        if facts:
            made += _read(list(rows), facts, now=now)
    return made


def _read(rows: list[Subscription], facts: tuple[FactView, ...], *, now: datetime) -> int:
    about, unmoved, made = Lookup(), [], 0
    if any(row.team for row in rows):
        about.learn(facts)
    for row in rows:
        wanted = wanted_by(row)
        matching = [fact for fact in facts if wants(wanted, fact, about(fact) if wanted.team else NOTHING)]
        if matching:
            made += _enqueue(row, matching, end=facts[-1].position, now=now)
        else:
            unmoved.append(row.pk)
    if unmoved:
        here = Subscription.objects.filter(pk__in=unmoved, position=rows[0].position, state=Subscription.ACTIVE)
        here.update(position=facts[-1].position)
    return made


def _enqueue(row: Subscription, facts: list[FactView], *, end: int, now: datetime) -> int:
    with transaction.atomic(using="default"):
        waiting = Delivery.objects.filter(subscription=row, state__in=[Delivery.WAITING, Delivery.SENDING]).count()
        room = MOST_WAITING - waiting
        if room <= 0:
            return 0
        if room < len(facts):
            facts, end = facts[:room], facts[room - 1].position
        # Whoever moves the cursor makes the rows; a second worker finds it moved and makes none.
        still = Subscription.objects.filter(
            pk=row.pk, position=row.position, state=Subscription.ACTIVE, removed_at=None
        )
        if not still.update(position=end):
            return 0
        keep(row, facts, now=now)
    return len(facts)


def keep(row: Subscription, facts: Iterable[FactView], *, now: datetime) -> None:
    """Make the deliveries of some facts, inside the caller's transaction; one that is there already stays."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                subscription=row, fact=fact.uid, position=fact.position, kind=fact.kind, queued_at=now, next_at=now
            )
            for fact in facts
        ],
        ignore_conflicts=True,
    )


def wanted_by(row: Subscription) -> Wanted:
    """What a subscription asks for."""
    return Wanted(tuple(row.kinds), row.environment, row.service_uid, row.team)
