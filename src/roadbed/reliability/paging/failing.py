"""What becomes of a page that did not arrive: another attempt, the person's next method, or the next step at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.notifier import NotDelivered
from roadbed.reliability.paging.escalating import bring_forward, said, subject_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.rules.escalation import Turn, ends_round, frozen, wait_before


def said_of(row: Delivery) -> dict[str, object]:
    """What every fact of a delivery says."""
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
    was = Q(state__in=[Delivery.SENDING, Delivery.SENT])
    not_delivered(uid, NotDelivered(reason, permanent=True), now=now, was=was)


def not_delivered(uid: str, fault: NotDelivered, *, now: datetime, was: Q) -> None:
    """Write down that a delivery failed, if it is still what it `was`, and what follows from that."""
    with unit(ROADBED, now=now) as writing:
        ours = Delivery.objects.filter(was, uid=uid)
        if not ours.update(state=Delivery.FAILED, ended_at=now, error=_reason(fault)[:300]):
            return
        row = Delivery.objects.select_related("alert", "recipient__person", "channel").get(uid=uid)
        Channel.objects.filter(pk=row.channel_id).update(problem=fault.reason[:300])
        # What was paged anew meanwhile tells it all.
        old = row.cycle < row.alert.first_cycle
        wait = None if fault.permanent or old else wait_before(row.attempt)
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
    Delivery.objects.create(
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


def _given_up(row: Delivery, fault: NotDelivered, writing: Unit) -> None:
    data = said_of(row) | {"reason": fault.reason, "permanent": fault.permanent}
    writing.record("page.failed", subject_of(row.alert), environment=row.alert.environment, data=data)
    hopeful = Delivery.objects.filter(
        alert=row.alert,
        cycle=row.cycle,
        step=row.step,
        state__in=[Delivery.WAITING, Delivery.SENDING, Delivery.SENT],
    )
    turn = Turn(row.cycle - row.alert.first_cycle, row.step)
    if not ends_round(frozen(row.alert.policy), turn) and not hopeful.exists():
        # Nobody of this step can be reached, so that waiting for them helps nobody. At the end of a round one waits
        # all the same: it takes at least one step's time, or all would be over while a mail server restarts.
        Alert.objects.filter(pk=row.alert_id, state=Alert.PAGING, cycle=row.cycle, step=row.step).update(
            next_step_at=writing.now
        )
