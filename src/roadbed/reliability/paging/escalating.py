"""Taking the next step of an alert: the step, its outbox and their jobs commit together, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connections

from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.usecases import enqueue, enqueue_all
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.links import page_digest
from roadbed.reliability.paging.models import Alert, Channel, Decision, Delivery, Recipient, new_uid
from roadbed.reliability.paging.rules.escalation import Policy, Step, Turn, following, frozen, is_fallback

DELIVER: Final = "paging.deliver"
OVERDUE: Final = timedelta(seconds=5)
_OPEN_STATES: Final = (Delivery.WAITING, Delivery.SENDING)


def locked(uid: str) -> Alert | None:
    """The alert, for whoever is about to change it."""
    rows = Alert.objects.filter(uid=uid)
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.first()


def due(*, now: datetime) -> tuple[str, ...]:
    """Alerts whose step's time is over."""
    rows = Alert.objects.filter(state=Alert.PAGING, next_step_at__lte=now).order_by("next_step_at")
    return tuple(rows.values_list("uid", flat=True)[:200])


def has_work(now: datetime) -> bool:
    """Whether a step is due or a delivery overdue."""
    return (
        Alert.objects.filter(state=Alert.PAGING, next_step_at__lte=now).exists()
        or Delivery.objects.filter(state__in=_OPEN_STATES, due_at__lt=now - OVERDUE).exists()
    )


def advance(uid: str, *, now: datetime) -> bool:
    """Take an alert's next step if its time has come; answers whether it did. Two at once take it once."""
    with unit(ROADBED, now=now) as writing:
        alert = locked(uid)
        if alert is None or alert.state != Alert.PAGING or alert.next_step_at is None or alert.next_step_at > now:
            return False
        take_step(alert, writing)
    return True


@dataclass
class Outbox:
    """What steps of pages write, gathered so that a batch of pages takes few statements.

    Attributes:
        pages, decisions: rows that are to be written before what points at them.
    """

    now: datetime
    pages: list[Alert] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    _recipients: list[Recipient] = field(default_factory=list)
    _deliveries: list[Delivery] = field(default_factory=list)
    _people: dict[str, tuple[Person, list[Channel]]] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def reachable(self, uids: Iterable[str]) -> list[tuple[Person, list[Channel]]]:
        """Those of some people who may sign in, each with the channels to them."""
        wanted = list(uids)
        fresh = [uid for uid in wanted if uid not in self._asked]
        if fresh:
            self._asked.update(fresh)
            people = {person.pk: person for person in Person.objects.filter(uid__in=fresh, is_active=True)}
            channels: dict[int, list[Channel]] = {pk: [] for pk in people}
            for channel in Channel.objects.filter(person__in=list(people), removed_at=None).order_by("pk"):
                channels[channel.person_id].append(channel)
            self._people |= {person.uid: (person, channels[pk]) for pk, person in people.items()}
        return [self._people[uid] for uid in wanted if uid in self._people]

    def fill(self, alert: Alert, person: Person, step: Step, channels: Iterable[Channel]) -> None:
        """A page to one person through each of the channels."""
        recipient = None if alert.pk is None else Recipient.objects.filter(alert=alert, person=person).first()
        if recipient is None:
            uid = new_uid()
            recipient = Recipient(
                uid=uid, alert=alert, person=person, digest=page_digest(uid), paged_at=self.now, reason=step.name
            )
            self._recipients.append(recipient)
        self._deliveries += [
            Delivery(
                alert=alert, recipient=recipient, channel=channel, cycle=alert.cycle, step=alert.step, key=new_uid(),
                queued_at=self.now, due_at=self.now,
            )
            for channel in channels
        ]  # fmt: skip

    def write(self) -> None:
        """Insert everything, with a job for each delivery, in the open transaction."""
        Alert.objects.bulk_create(self.pages)
        Recipient.objects.bulk_create(self._recipients)
        Delivery.objects.bulk_create(self._deliveries)
        jobs = [({"delivery": row.uid}, _job_key(row), row.due_at) for row in self._deliveries]
        enqueue_all(DELIVER, jobs, now=self.now)
        for one in self.decisions:
            # Made before its page had a row.
            one.page = one.page
        Decision.objects.bulk_create(self.decisions)
        for written in (self.pages, self.decisions, self._recipients, self._deliveries):
            written.clear()


def take_step(alert: Alert, writing: Unit) -> None:
    """Take the next step of a page that is open."""
    outbox = Outbox(writing.now)
    step_into(outbox, alert, writing)
    outbox.write()
    alert.save()


def step_into(outbox: Outbox, alert: Alert, writing: Unit) -> None:
    """Page the next step that has anybody with a channel. A whole round without one waits a step's time."""
    policy = frozen(alert.policy)
    turn: Turn | None = Turn(alert.cycle, alert.step)
    reached: tuple[str, ...] = ()
    for _ in policy.steps:
        turn = following(policy, turn) if turn else None
        if turn is None:
            break
        alert.cycle, alert.step = turn.cycle, turn.step
        reached = _page(outbox, alert, policy.steps[turn.step], writing)
        _record(alert, policy, turn, reached, writing)
        if reached:
            break
    if turn is None:
        alert.state, alert.next_step_at = Alert.EXHAUSTED, None
        data = said(alert) | {"final": True, "cycle": alert.cycle}
        writing.record("page.exhausted", subject_of(alert), environment=alert.environment, data=data)
    else:
        alert.next_step_at = writing.now + timedelta(seconds=policy.step_seconds)


def _record(alert: Alert, policy: Policy, turn: Turn, reached: tuple[str, ...], writing: Unit) -> None:
    data = said(alert) | {"step": policy.steps[turn.step].name, "cycle": turn.cycle, "people": list(reached)}
    if is_fallback(policy, turn):
        kept = data | {"final": False}
        writing.record("page.exhausted", subject_of(alert), environment=alert.environment, data=kept)
    elif reached and turn != Turn(0, 0):
        writing.record("page.escalated", subject_of(alert), environment=alert.environment, data=data)


def said(alert: Alert) -> dict[str, Any]:
    """What every fact of a page says of its alert."""
    return {"alert": alert.uid, "service": alert.service, "title": alert.title, "team": alert.team}


def subject_of(alert: Alert) -> str:
    """What the facts of a page are about: its service, or itself where it is about none of the catalogue."""
    return alert.service_uid or alert.uid


def _page(outbox: Outbox, alert: Alert, step: Step, writing: Unit) -> tuple[str, ...]:
    """Fill the outbox for one step; answers the names of whom it pages."""
    reached = []
    for person, channels in outbox.reachable(step.people):
        if channels:
            reached.append(person.name)
            outbox.fill(alert, person, step, channels)
        else:
            reason = "has no channel; `roadbed channel add smtp ADDRESS` makes one"
            data = said(alert) | {"person": person.name, "person_uid": person.uid, "step": step.name, "reason": reason}
            writing.record("page.failed", subject_of(alert), environment=alert.environment, data=data)
    return tuple(reached)


def hand_over(delivery: Delivery, *, now: datetime) -> None:
    """Give a delivery to its job, in the open transaction; one that has a job keeps that."""
    run_at = max(now, delivery.due_at)
    enqueue(DELIVER, {"delivery": delivery.uid}, key=_job_key(delivery), now=now, run_at=run_at)


def hand_over_forgotten(*, now: datetime) -> int:
    """Deliveries that are overdue get a job again, should theirs have failed or been deleted."""
    rows = list(Delivery.objects.filter(state__in=_OPEN_STATES, due_at__lt=now - OVERDUE).order_by("due_at")[:200])
    keys = {_job_key(row): row for row in rows}
    held = Job.objects.filter(key__in=list(keys), state__in=[Job.WAITING, Job.RUNNING])
    forgotten = set(keys) - set(held.values_list("key", flat=True))
    for key in sorted(forgotten):
        hand_over(keys[key], now=now)
    return len(forgotten)


def _job_key(delivery: Delivery) -> str:
    return f"{DELIVER}:{delivery.uid}"
