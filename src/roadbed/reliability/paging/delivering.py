"""Bringing one page through one channel: marked, sent outside any transaction, its outcome recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import QuerySet

from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.paging.escalating import bring_forward, hand_over, said, subject_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.reaching.sealing import send
from roadbed.reliability.paging.reaching.wording import message_of
from roadbed.reliability.paging.rules.escalation import wait_before

log = structlog.get_logger(__name__)

SECONDS: Final = 8.0
"""What one delivery may take before it counts as not delivered."""

PATIENCE: Final = (0.2, 0.5, 1.0, 2.0, *(5.0,) * 20)
"""Seconds between tries to write down how a sending ended, while the database is locked, full or being started."""

UNKNOWN: Final = "How the try before ended is unknown; it was sent again with the same key."


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A page that is to be sent now."""

    uid: str
    channel: str
    message: Message


def deliver(uid: str, *, clock: Callable[[], datetime]) -> None:
    """Send one page of the outbox. Run again after a crash, it sends again with the same key."""
    outgoing = _begin(uid, now=clock())
    if outgoing is None:
        return
    try:
        delivered = send(outgoing.channel, outgoing.message, seconds=SECONDS)
    except NotDelivered as fault:
        _recorded(partial(_not_delivered, uid, fault, now=clock()))
    else:
        _recorded(partial(_delivered, uid, delivered, now=clock()))


def _recorded(record: Callable[[], None]) -> None:
    """Write down how it ended, with patience: what is sent and not written down is sent again."""
    for wait in PATIENCE:
        try:
            record()
        except (OperationalError, InterfaceError) as fault:
            log.warning("page.record_waits", seconds=wait, fault=str(fault)[:200])
            connections["default"].close()
            time.sleep(wait)
        else:
            return
    record()


def _begin(uid: str, *, now: datetime) -> Outgoing | None:
    with transaction.atomic(using="default"):
        row = _locked(uid)
        if row is None or row.state not in (Delivery.WAITING, Delivery.SENDING):
            return None
        if (needless := _needless(row)) is not None:
            row.state, row.error, row.ended_at = Delivery.DROPPED, needless, now
            row.save()
            return None
        if row.state == Delivery.SENDING:
            row.error = UNKNOWN
        row.state, row.tries, row.sending_at = Delivery.SENDING, row.tries + 1, now
        row.save()
    return Outgoing(uid=uid, channel=row.channel.kind, message=message_of(row, now=now, due=_first_due(row)))


def _first_due(row: Delivery) -> datetime:
    """When this message should have gone out, whatever attempts there were."""
    if row.attempt == 1:
        return row.due_at
    first = Delivery.objects.filter(
        alert=row.alert, cycle=row.cycle, step=row.step, recipient=row.recipient, channel=row.channel, turn=row.turn,
        attempt=1,
    )  # fmt: skip
    return first.values_list("due_at", flat=True).first() or row.due_at


def _row(uid: str) -> Delivery | None:
    return _rows(uid).first()


def _rows(uid: str) -> QuerySet[Delivery]:
    return Delivery.objects.select_related("alert", "recipient__person", "channel").filter(uid=uid)


def _locked(uid: str) -> Delivery | None:
    """The delivery with its page: nobody acknowledges between the look at the page and the mark."""
    rows = _rows(uid)
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update(of=("self", "alert"))
    return rows.first()


def _needless(row: Delivery) -> str | None:
    if row.alert.state in (Alert.ACKNOWLEDGED, Alert.CLOSED):
        return f"Not sent: the alert was {row.alert.state} already."
    if row.channel.removed_at is not None:
        return "Not sent: the channel was removed."
    return None


def _ended(
    uid: str,
    state: str,
    *,
    now: datetime,
    provider_id: str = "",
    error: str = "",
    was: tuple[str, ...] = (Delivery.SENDING,),
) -> Delivery | None:
    values: dict[str, object] = {"state": state, "ended_at": now}
    if provider_id:
        values["provider_id"] = provider_id[:200]
    if error:
        values["error"] = error[:300]
    ours = Delivery.objects.filter(uid=uid, state__in=was).update(**values)
    return _row(uid) if ours else None


def _delivered(uid: str, delivered: Delivered, *, now: datetime) -> None:
    with unit(ROADBED, now=now) as writing:
        row = _ended(uid, Delivery.SENT, now=now, provider_id=delivered.provider_id)
        if row is None:
            return
        Channel.objects.filter(pk=row.channel_id).update(delivered_at=now, problem="")
        data = _said_of(row) | {"seconds": (now - row.alert.opened_at).total_seconds(), "tries": row.tries}
        writing.record(
            "page.sent", subject_of(row.alert), environment=row.alert.environment, source_id=f"page:{uid}", data=data
        )


def _said_of(row: Delivery) -> dict[str, object]:
    return said(row.alert) | {
        "person": row.recipient.person.name,
        "person_uid": row.recipient.person.uid,
        "channel": row.channel.kind,
        "cycle": row.cycle,
        "step": row.alert.policy["steps"][row.step]["name"],
        "attempt": row.attempt,
    }


def not_arrived(uid: str, reason: str, *, now: datetime) -> None:
    """What a provider had taken did not arrive after all, as it says now: the next method comes at once.

    It may say so before its own answer has been written down.
    """
    _not_delivered(uid, NotDelivered(reason, permanent=True), now=now, was=(Delivery.SENDING, Delivery.SENT))


def _not_delivered(uid: str, fault: NotDelivered, *, now: datetime, was: tuple[str, ...] = (Delivery.SENDING,)) -> None:
    with unit(ROADBED, now=now) as writing:
        row = _ended(uid, Delivery.FAILED, now=now, error=_reason(fault), was=was)
        if row is None:
            return
        Channel.objects.filter(pk=row.channel_id).update(problem=fault.reason[:300])
        wait = None if fault.permanent else wait_before(row.attempt)
        if wait is not None:
            _again(row, now=now, wait=max(wait, fault.after or 0.0))
        else:
            _next_method(row, now=now)
            _given_up(row, fault, writing)


def _next_method(row: Delivery, *, now: datetime) -> None:
    """What the person is to get next comes at once: there is nothing to wait for."""
    later = Delivery.objects.filter(
        alert=row.alert, recipient=row.recipient, cycle=row.cycle, step=row.step, state=Delivery.WAITING,
        turn__gt=row.turn, due_at__gt=now,
    ).order_by("turn", "pk").first()  # fmt: skip
    if later is not None:
        bring_forward(later, now=now)


def _reason(fault: NotDelivered) -> str:
    return f"{fault.reason} (it may have arrived all the same)" if fault.unknown else fault.reason


def _again(row: Delivery, *, now: datetime, wait: float) -> None:
    following = Delivery.objects.create(
        alert=row.alert,
        recipient=row.recipient,
        channel=row.channel,
        cycle=row.cycle,
        step=row.step,
        turn=row.turn,
        attempt=row.attempt + 1,
        key=row.key,
        queued_at=now,
        due_at=now + timedelta(seconds=wait),
    )
    hand_over(following, now=now)


def _given_up(row: Delivery, fault: NotDelivered, writing: Unit) -> None:
    data = _said_of(row) | {"reason": fault.reason, "permanent": fault.permanent}
    writing.record("page.failed", subject_of(row.alert), environment=row.alert.environment, data=data)
    hopeful = Delivery.objects.filter(
        alert=row.alert,
        cycle=row.cycle,
        step=row.step,
        state__in=[Delivery.WAITING, Delivery.SENDING, Delivery.SENT],
    )
    last = len(row.alert.policy["steps"]) - 1
    if row.step < last and not hopeful.exists():
        # Nobody of this step can be reached, so that waiting for them helps nobody. After the fallback one waits all
        # the same: a round takes at least one step's time, or all rounds would be over while a mail server restarts.
        Alert.objects.filter(pk=row.alert_id, state=Alert.PAGING, cycle=row.cycle, step=row.step).update(
            next_step_at=writing.now
        )
