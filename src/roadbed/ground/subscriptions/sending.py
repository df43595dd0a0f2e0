"""Sending what waits for one subscription, one after the other: marked, sent outside any transaction, its end kept.

Whoever sends holds the subscription's lane by a lease. A process that dies in the middle leaves a delivery behind that
is marked as being sent; whoever holds the lane next sends it again under the same identity.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from roadbed.ground.ledger.queries import fact as fact_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.ground.subscriptions.about import Lookup
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.rules import retrying
from roadbed.ground.subscriptions.rules.envelopes import Envelope, envelope, ping
from roadbed.ground.subscriptions.rules.retrying import Trouble
from roadbed.ground.subscriptions.secrets import former_secret_of, secret_of
from roadbed.ground.subscriptions.usecases import paused

log = structlog.get_logger(__name__)

SECONDS: Final = 10.0
"""What one delivery may take."""

LEASE: Final = timedelta(seconds=30)
STINT: Final = timedelta(seconds=20)
"""How long a lane is held at most before others get their turn."""

EVENT: Final = "Roadbed-Event"
DELIVERY: Final = "Roadbed-Delivery"
UNKNOWN: Final = "How the try before ended is unknown; it was sent again under the same identity."


_BEGUN: Final = ("state", "tries", "tried_at", "first_try_at", "reason", "body", "content_type")


@dataclass(frozen=True, slots=True)
class Tools:
    """What sending needs of the world: the time, chance from 0 to 1, and whether to stop after this one."""

    clock: Callable[[], datetime]
    chance: Callable[[], float]
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery that is to be sent now."""

    uid: str
    subscription: int
    tries: int
    message: Message


def due(now: datetime, *, dead: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Subscriptions for which something is to be sent and whose lane is free, the longest waiting first."""
    timely = Delivery.objects.filter(_timely(now))
    asked = timely.filter(urgent=True).values("subscription")
    rows = Subscription.objects.filter(_free(now, dead), removed_at=None)
    rows = rows.filter((_open(now) & Q(Exists(timely.filter(subscription=OuterRef("pk"))))) | Q(pk__in=asked))
    return tuple(row.uid for row in rows.order_by(F("delivered_at").asc(nulls_first=True), "pk"))


def _timely(now: datetime) -> Q:
    return Q(state=Delivery.WAITING, next_at__lte=now) | Q(state=Delivery.SENDING)


def _free(now: datetime, dead: tuple[str, ...]) -> Q:
    return Q(lane_until=None) | Q(lane_until__lt=now) | Q(lane_by__in=dead)


def _open(now: datetime, prefix: str = "") -> Q:
    quiet = Q((f"{prefix}quiet_until", None)) | Q((f"{prefix}quiet_until__lte", now))
    return Q((f"{prefix}state", Subscription.ACTIVE)) & quiet


def lane_taken(uid: str, holder: str, *, now: datetime, dead: tuple[str, ...] = ()) -> bool:
    """Take the lane of a subscription; False when another has it."""
    rows = Subscription.objects.filter(_free(now, dead), uid=uid, removed_at=None)
    return rows.update(lane_by=holder, lane_until=now + LEASE) == 1


def send_waiting(uid: str, holder: str, tools: Tools) -> int:
    """Send what waits until nothing does, the receiver needs a rest or the stint is over; answers how many arrived."""
    began, arrived, about = tools.clock(), 0, Lookup()
    while not tools.stopping() and tools.clock() - began < STINT:
        outgoing = _begin(uid, holder, about, now=tools.clock())
        if outgoing is None or not _sent(outgoing, tools):
            break
        arrived += 1
    # Where something broke the lane stays taken until its lease runs out, so that it is not tried in a hurry.
    Subscription.objects.filter(uid=uid, lane_by=holder).update(lane_by="", lane_until=None)
    return arrived


def _begin(uid: str, holder: str, about: Lookup, *, now: datetime) -> Outgoing | None:
    with transaction.atomic(using="default"):
        # The lease is renewed for each, so that a lane held on for longer than one try is never lost in between.
        if not Subscription.objects.filter(uid=uid, lane_by=holder).update(lane_until=now + LEASE):
            return None
        rows = Delivery.objects.filter(_timely(now), subscription__uid=uid, subscription__removed_at=None)
        # What a person asked for goes out even while all else is held back.
        ready = rows.filter(Q(urgent=True) | _open(now, "subscription__"))
        row = ready.select_related("subscription").order_by("-urgent", "position", "pk").first()
        if row is None:
            return None
        if row.state == Delivery.SENDING:
            row.reason = UNKNOWN
        if not row.body:
            made = _envelope(row, about)
            row.body, row.content_type = made.body.decode(), made.content_type
        row.state, row.tries, row.tried_at = Delivery.SENDING, row.tries + 1, now
        row.first_try_at = row.first_try_at or now
        row.save(update_fields=_BEGUN)
    return Outgoing(uid=row.uid, subscription=row.subscription_id, tries=row.tries, message=_message(row, now))


def _envelope(row: Delivery, about: Lookup) -> Envelope:
    subscription, source = row.subscription, str(settings.PUBLIC_URL)
    told = fact_of(row.fact) if row.fact else None
    if told is None:
        return ping(subscription.name, row.uid, at=row.queued_at, form=subscription.form, source=source)
    return envelope(told, about(told), form=subscription.form, source=source)


def _message(row: Delivery, now: datetime) -> Message:
    subscription = row.subscription
    return Message(
        key=row.fact or row.uid,
        address=subscription.url,
        subject=row.kind,
        text="",
        secret=secret_of(subscription),
        former_secret=former_secret_of(subscription, now=now),
        body=row.body.encode(),
        content_type=row.content_type,
        headers={EVENT: row.kind, DELIVERY: row.uid},
    )


def _sent(outgoing: Outgoing, tools: Tools) -> bool:
    began = time.monotonic()
    try:
        taken = board.notifier("webhook").deliver(outgoing.message, seconds=SECONDS)
    except NotDelivered as fault:
        said = f"{fault.reason} (it may have arrived all the same)" if fault.unknown else fault.reason
        trouble = Trouble(said[:300], fault.status)
    except Exception as fault:
        # A fault of ours counts like one of the receiver's: else it would be met again at once, for ever.
        log.exception("subscription.sending_broke", delivery=outgoing.uid)
        trouble = Trouble(f"Roadbed broke while sending: {type(fault).__name__}")
    else:
        _arrived(outgoing, taken.status, seconds=time.monotonic() - began, now=tools.clock())
        return True
    _failed(outgoing, trouble, seconds=time.monotonic() - began, tools=tools)
    return False


def _arrived(outgoing: Outgoing, status: int | None, *, seconds: float, now: datetime) -> None:
    with transaction.atomic(using="default"):
        ours = _ours(outgoing).update(state=Delivery.DELIVERED, status=status, seconds=seconds, reason="", ended_at=now)
        if ours:
            Subscription.objects.filter(pk=outgoing.subscription).update(
                delivered_at=now, failures=0, failing_since=None, quiet_until=None
            )


def _ours(outgoing: Outgoing) -> QuerySet[Delivery]:
    """The delivery, unless another process has taken it over meanwhile."""
    return Delivery.objects.filter(uid=outgoing.uid, state=Delivery.SENDING, tries=outgoing.tries)


def _failed(outgoing: Outgoing, trouble: Trouble, *, seconds: float, tools: Tools) -> None:
    now = tools.clock()
    with unit(ROADBED, now=now) as writing:
        row = _ours(outgoing).select_related("subscription").first()
        if row is None:
            return
        row.status, row.seconds, row.reason = trouble.status, seconds, trouble.reason
        if not row.fact or retrying.is_given_up(tries=row.tries, first_try_at=row.first_try_at or now, now=now):
            row.state, row.ended_at = Delivery.FAILED, now
        else:
            row.state, row.next_at = (
                Delivery.WAITING,
                now + retrying.wait_after(row.tries, chance=tools.chance()),
            )
        row.urgent = False
        row.save()
        if row.fact:
            subscription = _troubled(row.subscription, now=now, chance=tools.chance())
            why = retrying.pause_for(trouble, failing_since=subscription.failing_since or now, now=now)
            if why and subscription.state == Subscription.ACTIVE:
                paused(writing, subscription, reason=why)


def _troubled(row: Subscription, *, now: datetime, chance: float) -> Subscription:
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.quiet_until = now + retrying.breather_after(row.failures, chance=chance)
    row.save(update_fields=["failures", "failing_since", "quiet_until"])
    return row
