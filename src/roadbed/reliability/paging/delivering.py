"""Bringing pages through channels: some are marked at once, sent outside any transaction, and settled together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from roadbed.ground.jobs.leases import LEASE
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.paging.escalating import subject_of
from roadbed.reliability.paging.failing import not_delivered, said_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.reaching.sealing import send
from roadbed.reliability.paging.reaching.wording import message_of

log = structlog.get_logger(__name__)

SECONDS: Final = 8.0
"""What one delivery may take before it counts as not delivered."""

PATIENCE: Final = (0.2, 0.5, 1.0, 2.0, *(5.0,) * 20)
"""Seconds between tries to write down how a sending ended, while the database is locked, full or being started."""

UNKNOWN: Final = "How the try before ended is unknown; it was sent again with the same key."


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A page that is to be sent now, by who holds its lease."""

    row: Delivery
    message: Message
    holder: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be sent now, and how many deliveries were looked at for it."""

    outgoing: list[Outgoing]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sending ended, and when."""

    outgoing: Outgoing
    outcome: Delivered | NotDelivered
    at: datetime


def deliver(uid: str, *, clock: Callable[[], datetime]) -> None:
    """Send one page of the outbox. Run again after a crash, it sends again with the same key."""
    open_ones = Q(uid=uid, state__in=[Delivery.WAITING, Delivery.SENDING])
    for outgoing in begin(open_ones, holder="", now=clock()).outgoing:
        _recorded(partial(record, [sent(outgoing, clock=clock)]))


def _recorded(write: Callable[[], None]) -> None:
    """Write down how it ended, with patience: what is sent and not written down is sent again."""
    for wait in PATIENCE:
        try:
            write()
        except (OperationalError, InterfaceError) as fault:
            log.warning("page.record_waits", seconds=wait, fault=str(fault)[:200])
            connections["default"].close()
            time.sleep(wait)
        else:
            return
    write()


def begin(
    wanted: Q, *, holder: str, now: datetime, most: int = 1, fits: Callable[[Delivery], bool] = lambda _: True
) -> Begun:
    """Mark some pages as being sent, the severest first, in one transaction; what does not fit stays."""
    return _begin(wanted, holder=holder, now=now, most=most, fits=fits)


def _begin(wanted: Q, *, holder: str, now: datetime, most: int, fits: Callable[[Delivery], bool]) -> Begun:
    begun: list[Outgoing] = []
    with transaction.atomic(using="default"):
        rows = list(_locked(wanted)[:most])
        for row in rows:
            if (needless := _needless(row)) is not None:
                Delivery.objects.filter(pk=row.pk).update(state=Delivery.DROPPED, error=needless, ended_at=now)
            elif fits(row) and (message := _message(row, now=now)) is not None:
                begun.append(Outgoing(row, message, holder))
        lost = [one.row.pk for one in begun if one.row.state == Delivery.SENDING]
        _mark([one.row for one in begun], holder=holder, now=now)
        if lost:
            Delivery.objects.filter(pk__in=lost).update(error=UNKNOWN)
    return Begun(begun, len(rows))


def _message(row: Delivery, *, now: datetime) -> Message | None:
    """What is sent. One that cannot be made fails like one that did not arrive, and holds up no other."""
    try:
        return message_of(row, now=now, due=_first_due(row))
    except DatabaseError:
        raise
    except Exception as fault:
        log.exception("page.writing_broke", delivery=row.uid)
        broke = NotDelivered(f"Roadbed broke while writing it: {type(fault).__name__}")
        not_delivered(row.uid, broke, now=now, was=Q(state=row.state))
        return None


def _mark(rows: Sequence[Delivery], *, holder: str, now: datetime) -> None:
    if not rows:
        return
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.SENDING, tries=F("tries") + 1, sending_at=now, lease_by=holder, lease_until=now + LEASE
    )
    for row in rows:
        row.tries += 1


def _locked(wanted: Q) -> QuerySet[Delivery]:
    """Deliveries with their pages: nobody acknowledges between the look at the page and the mark.

    What somebody else has locked is passed over: another pager sends it, or it is looked at again a moment later.
    """
    rows = Delivery.objects.select_related("alert", "recipient__person", "channel").filter(wanted)
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update(of=("self", "alert"), skip_locked=True)
    return rows.order_by("alert__severity", "due_at", "pk")


def _first_due(row: Delivery) -> datetime:
    """When this message should have gone out, whatever attempts there were."""
    if row.attempt == 1:
        return row.due_at
    first = Delivery.objects.filter(
        alert=row.alert, cycle=row.cycle, step=row.step, recipient=row.recipient, channel=row.channel, turn=row.turn,
        attempt=1,
    )  # fmt: skip
    return first.values_list("due_at", flat=True).first() or row.due_at


def _needless(row: Delivery) -> str | None:
    if row.alert.state in (Alert.ACKNOWLEDGED, Alert.CLOSED):
        return f"Not sent: the alert was {row.alert.state} already."
    if row.channel.removed_at is not None:
        return "Not sent: the channel was removed."
    return None


def sent(outgoing: Outgoing, *, clock: Callable[[], datetime]) -> Ended:
    """Send it, whatever comes of that; touches no database."""
    outcome: Delivered | NotDelivered
    try:
        outcome = send(outgoing.row.channel.kind, outgoing.message, seconds=SECONDS)
    except NotDelivered as fault:
        outcome = fault
    except Exception as fault:
        # A fault of ours counts like one of the provider's: it is tried again later and never met again at once.
        log.exception("page.sending_broke", delivery=outgoing.row.uid)
        outcome = NotDelivered(f"Roadbed broke while sending: {type(fault).__name__}", unknown=True)
    return Ended(outgoing, outcome, clock())


def record(ended: Sequence[Ended]) -> None:
    """Write down how sendings ended: what arrived in one transaction, each of the others in its own."""
    try:
        _record(ended)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        if len(ended) > 1:
            for one in ended:
                record([one])
            return
        # It must neither keep others from being written nor be sent again for ever.
        uid = ended[0].outgoing.row.uid
        log.exception("page.recording_broke", delivery=uid)
        broke = f"It was sent, and Roadbed broke while recording it: {type(fault).__name__}"
        Delivery.objects.filter(uid=uid, state=Delivery.SENDING).update(
            state=Delivery.FAILED, error=broke, ended_at=ended[0].at
        )


def _record(ended: Sequence[Ended]) -> None:
    if arrived := [one for one in ended if isinstance(one.outcome, Delivered)]:
        _delivered(arrived)
    for one in ended:
        if isinstance(one.outcome, NotDelivered):
            was = Q(state=Delivery.SENDING, lease_by=one.outgoing.holder)
            not_delivered(one.outgoing.row.uid, one.outcome, now=one.at, was=was)


def _delivered(ended: Sequence[Ended]) -> None:
    now = max(one.at for one in ended)
    with unit(ROADBED, now=now) as writing:
        ours = _settled(ended, now=now)
        kept = [one for one in ended if one.outgoing.row.pk in ours]
        channels = {one.outgoing.row.channel_id for one in kept}
        Channel.objects.filter(pk__in=channels).update(delivered_at=now, problem="")
        for one in kept:
            row = one.outgoing.row
            seconds = (one.at - row.alert.opened_at).total_seconds()
            writing.record(
                "page.sent", subject_of(row.alert), environment=row.alert.environment, occurred_at=one.at,
                source_id=f"page:{row.uid}", data=said_of(row) | {"seconds": seconds, "tries": row.tries},
            )  # fmt: skip


def _settled(ended: Sequence[Ended], *, now: datetime) -> set[int]:
    """Mark as sent what nobody else has taken over meanwhile, and of what its provider has not said that it failed."""
    told = {one.outgoing.row.pk: one.outcome.provider_id[:200] for one in ended if isinstance(one.outcome, Delivered)}
    (first, *others) = dict.fromkeys(told.values())
    given = Case(*(When(pk=pk, then=Value(said)) for pk, said in told.items())) if others else Value(first)
    rows = Delivery.objects.filter(pk__in=list(told), lease_by=ended[0].outgoing.holder)
    ours = rows.filter(state=Delivery.SENDING).update(state=Delivery.SENT, ended_at=now, provider_id=given)
    if ours == len(told):
        return set(told)
    return set(rows.filter(state=Delivery.SENT, ended_at=now).values_list("pk", flat=True))
