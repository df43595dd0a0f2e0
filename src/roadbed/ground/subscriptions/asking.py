"""What people ask of deliveries: a test message, one sent again, past facts sent after all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import fact, facts_after
from roadbed.ground.ledger.rules import KINDS
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.subscriptions.about import Lookup
from roadbed.ground.subscriptions.fanning import BATCH, keep, wanted_by
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.queries import VERB, delivery_row, row_of
from roadbed.ground.subscriptions.rules.envelopes import PING
from roadbed.ground.subscriptions.rules.patterns import covered, wants

REPLAY: Final = "subscriptions.replay"
MOST_REPLAYED: Final = 10_000


def send_ping(caller: Caller, reference: str, *, now: datetime) -> str:
    """Send a test message, tried once, also while the subscription is paused; answers its delivery."""
    authorise(caller, VERB)
    with transaction.atomic(using="default"):
        row = row_of(reference)
        waiting = Delivery.objects.filter(subscription=row, fact="", state=Delivery.WAITING).first()
        if waiting is not None:
            return waiting.uid
        made = Delivery.objects.create(
            subscription=row, position=row.position, kind=PING, urgent=True, queued_at=now, next_at=now
        )
    return made.uid


def redeliver(caller: Caller, reference: str, delivery: str, *, now: datetime) -> None:
    """Send one delivery again now, under the same identity and with the same body."""
    authorise(caller, VERB)
    with transaction.atomic(using="default"):
        row = delivery_row(row_of(reference), delivery)
        if not _again(Delivery.objects.filter(pk=row.pk), urgent=True, now=now):
            raise Conflict("This delivery is being sent.", remedy="Look again in a few seconds.")


def replay_fact(caller: Caller, reference: str, uid: str, *, now: datetime) -> str:
    """Send one past fact, whether it was sent before or not; answers its delivery."""
    authorise(caller, VERB)
    told = fact(uid)
    if told is None:
        raise NotFound(f"No fact {uid[:40]}.", remedy="`roadbed ledger facts` lists them.", place=Place(field="fact"))
    with transaction.atomic(using="default"):
        row = row_of(reference)
        keep(row, [told], now=now)
        found = Delivery.objects.filter(subscription=row, fact=uid)
        _again(found, urgent=True, now=now)
        return found.values_list("uid", flat=True).get()


def replay_since(caller: Caller, reference: str, since: datetime, *, now: datetime) -> int:
    """Have the past facts since an instant sent by a job; answers how many there are at most."""
    authorise(caller, VERB)
    row = row_of(reference)
    past = Fact.objects.filter(
        recorded_at__gte=since, position__lte=row.position, kind__in=sorted(covered(row.kinds, KINDS))
    )
    first = past.order_by("position").values_list("position", flat=True).first()
    count = past.count()
    if count > MOST_REPLAYED:
        raise Invalid(
            f"{count} facts are more than {MOST_REPLAYED}.",
            remedy="Begin later, or read them from /api/v1/ledger/facts.",
            place=Place(field="since"),
        )
    if first is not None:
        payload = {"subscription": row.uid, "after": first - 1, "until": row.position, "asked_at": now.isoformat()}
        enqueue(REPLAY, payload, key=f"{REPLAY}:{row.uid}", now=now)
    return count


def replay(uid: str, *, after: int, until: int, asked_at: datetime) -> int:
    """The replay itself, in short transactions; run again after a crash, it sends nothing a second time."""
    row = Subscription.objects.filter(uid=uid, removed_at=None).first()
    if row is None:
        return 0
    wanted, total = wanted_by(row), 0
    kinds = covered(row.kinds, KINDS)
    while after < until and (facts := facts_after(after, kinds=kinds, limit=BATCH)):
        about = Lookup()
        about.learn(facts)
        asked = [one for one in facts if one.position <= until and wants(wanted, one, about(one))]
        with transaction.atomic(using="default"):
            keep(row, asked, now=asked_at)
            old = Delivery.objects.filter(subscription=row, fact__in=[one.uid for one in asked])
            old = old.filter(Q(tried_at=None) | Q(tried_at__lt=asked_at), queued_at__lt=asked_at)
            _again(old, urgent=False, now=asked_at)
        total += len(asked)
        after = facts[-1].position
    return total


def _again(rows: QuerySet[Delivery], *, urgent: bool, now: datetime) -> int:
    """Let deliveries wait again; one that is being sent stays."""
    return rows.exclude(state=Delivery.SENDING).update(
        state=Delivery.WAITING, urgent=urgent, next_at=now, tries=0, first_try_at=None, ended_at=None
    )
