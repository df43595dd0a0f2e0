"""Taking the next step of an alert: the step, its outbox and their jobs commit together, or nothing does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from roadbed.ground.jobs.usecases import CLOCKS_DIFFER
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.models import Alert, Delivery
from roadbed.reliability.paging.outbox import Outbox
from roadbed.reliability.paging.rules.escalation import Step, Turn, ahead, following, frozen, is_fallback


def locked(uid: str) -> Alert | None:
    """The alert, for whoever is about to change it."""
    rows = Alert.objects.filter(uid=uid)
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.first()


def due(*, now: datetime) -> tuple[str, ...]:
    """Alerts whose step's time is over."""
    return tuple(waiting(now).order_by("next_step_at").values_list("uid", flat=True)[:200])


def waiting(now: datetime) -> QuerySet[Alert]:
    """The same as rows, in no order."""
    return Alert.objects.filter(state=Alert.PAGING, next_step_at__lte=now)


def catch_up_with_clock(*, now: datetime) -> int:
    """After the clock was set back: a step taken in what is now the future is followed a step's time from now."""
    caught_up = 0
    for alert in misdated(now).distinct():
        latest = now + timedelta(seconds=frozen(alert.policy).seconds(alert.step))
        rows = Alert.objects.filter(pk=alert.pk, state=Alert.PAGING, next_step_at=alert.next_step_at)
        if alert.next_step_at is not None and alert.next_step_at > latest + CLOCKS_DIFFER:
            caught_up += rows.update(next_step_at=latest)
    return caught_up


def misdated(now: datetime) -> QuerySet[Alert]:
    """Alerts of which some step was taken before the clock was set back."""
    # The time of a message of quiet hours lies in the future by right; that of its making never does.
    return Alert.objects.filter(state=Alert.PAGING, next_step_at__gt=now, deliveries__queued_at__gt=now + CLOCKS_DIFFER)


def advance(uid: str, *, now: datetime) -> bool:
    """Take an alert's next step if its time has come; answers whether it did. Two at once take it once."""
    with unit(ROADBED, now=now) as writing:
        alert = locked(uid)
        if alert is None or alert.state != Alert.PAGING or alert.next_step_at is None or alert.next_step_at > now:
            return False
        take_step(alert, writing)
    return True


def turn_of(alert: Alert) -> Turn:
    """Where an alert stands in its policy, counted from when it was paged from the first step, the last time."""
    return Turn(alert.cycle - alert.first_cycle, alert.step)


def drop_waiting(alert: Alert, why: str, *, now: datetime) -> None:
    """Let nothing go out that was queued before: what is paged anew tells it all."""
    waiting = Delivery.objects.filter(alert=alert, state=Delivery.WAITING)
    waiting.update(state=Delivery.DROPPED, error=why, ended_at=now)


def take_step(alert: Alert, writing: Unit, *, because: str = "") -> None:
    """Take the next step of a page that is there already; `because` of what, where nobody's silence is the reason."""
    outbox = Outbox(writing.now)
    step_into(outbox, alert, writing, because=because)
    outbox.write()
    alert.save()


def step_into(outbox: Outbox, alert: Alert, writing: Unit, *, because: str = "") -> None:
    """Page the next step that has anybody with a channel. A whole round without one waits a step's time.

    A step that is not urgent and meets quiet hours begins when the first of its people may be disturbed.
    """
    policy, turn = frozen(alert.policy), turn_of(alert)
    reached: tuple[str, ...] = ()
    begins = writing.now
    for turn in ahead(policy, turn_of(alert)):
        alert.cycle, alert.step = alert.first_cycle + turn.cycle, turn.step
        reached, begins = _page(outbox, alert, policy.steps[turn.step], writing)
        _record(alert, turn, reached, writing, because)
        if reached:
            break
    if not reached and following(policy, turn) is None:
        alert.state, alert.next_step_at = Alert.EXHAUSTED, None
        data = said(alert) | {"final": True, "cycle": alert.cycle}
        writing.record("page.exhausted", subject_of(alert), environment=alert.environment, data=data)
    else:
        alert.next_step_at = begins + timedelta(seconds=policy.seconds(turn.step))


def _record(alert: Alert, turn: Turn, reached: tuple[str, ...], writing: Unit, because: str) -> None:
    policy = frozen(alert.policy)
    data = said(alert) | {"step": policy.steps[turn.step].name, "cycle": alert.cycle, "people": list(reached)}
    if is_fallback(policy, turn):
        kept = data | {"final": False}
        writing.record("page.exhausted", subject_of(alert), environment=alert.environment, data=kept)
    elif reached and (alert.cycle, alert.step) != (0, 0):
        data |= {"because": because} if because else {}
        writing.record("page.escalated", subject_of(alert), environment=alert.environment, data=data)


def said(alert: Alert) -> dict[str, Any]:
    """What every fact of a page says of its alert."""
    return {"alert": alert.uid, "service": alert.service, "title": alert.title, "team": alert.team}


def subject_of(alert: Alert) -> str:
    """What the facts of a page are about: its service, or itself where it is about none of the catalogue."""
    return alert.service_uid or alert.uid


def _page(outbox: Outbox, alert: Alert, step: Step, writing: Unit) -> tuple[tuple[str, ...], datetime]:
    """Fill the outbox for one step; answers the names of whom it pages, and when the first message is due."""
    reached, first = [], []
    for one in outbox.reachable(step.people):
        due = outbox.fill(alert, one, step)
        if due is not None:
            reached.append(one.person.name)
            first.append(due)
        else:
            reason = "has no channel that is verified; `roadbed me channel add smtp ADDRESS` makes one"
            who = {"person": one.person.name, "person_uid": one.person.uid, "step": step.name, "reason": reason}
            writing.record("page.failed", subject_of(alert), environment=alert.environment, data=said(alert) | who)
    return tuple(reached), min(first, default=writing.now)


def bring_forward(delivery: Delivery, *, now: datetime) -> None:
    """Let a delivery that waits for its time go out now, in the open transaction."""
    delivery.due_at = now
    delivery.save(update_fields=["due_at"])
