"""Reminders of open actions and of accepted risks that run out: planned once a day and person, sent by mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from roadbed.ground.errors import Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.people.models import Person
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.reviews.closing import leads_of
from roadbed.reliability.reviews.models import Acceptance, Action, Reminder, Review
from roadbed.reliability.reviews.rules.reminding import BEFORE, day_of, tells_leads, when

SEND: Final = "reviews.send-reminder"
SECONDS: Final = 20.0
AHEAD: Final = timedelta(days=max(BEFORE))


@dataclass(frozen=True, slots=True)
class Owed:
    """A reminder that is owed: about what, for which day, to whom by uid."""

    review: Review
    about: str
    about_uid: str
    day: date
    to: dict[str, str]


def plan(*, now: datetime) -> int:
    """Plan what is owed today; answers how many are new. Whoever plans at the same time plans none twice."""
    today = timezone.localdate(now)
    planned = 0
    for owed in (*_actions(today), *_acceptances(today)):
        for uid, name in owed.to.items():
            planned += _planned(owed, uid, name, now)
    return planned


def _planned(owed: Owed, uid: str, name: str, now: datetime) -> bool:
    with transaction.atomic(using="default"):
        row, made = Reminder.objects.get_or_create(
            about_uid=owed.about_uid, day=owed.day, to_uid=uid,
            defaults={"review": owed.review, "about": owed.about, "to_name": name, "planned_at": now},
        )  # fmt: skip
        if made:
            enqueue(SEND, {"reminder": row.uid}, key=f"{SEND}:{row.uid}", now=now)
    return made


def _actions(today: date) -> Iterator[Owed]:
    rows = Action.objects.filter(closed_at=None, due__lte=today + AHEAD).select_related("review").order_by("due", "pk")
    known = _names()
    for row in rows:
        made = timezone.localdate(row.made_at) if row.made_at else None
        day = day_of(row.due, today=today, made=made)
        if day is None:
            continue
        to = {row.owner_uid: row.owner_name} if row.owner_uid in known else {}
        if tells_leads(row.due, day) or not to:
            to |= {uid: name for uid, name in leads_of(row.review.owner).items() if uid in known}
        yield Owed(row.review, Reminder.ACTION, row.uid, day, to)


def _acceptances(today: date) -> Iterator[Owed]:
    known = _names()
    newest: dict[int, Acceptance] = {}
    for row in Acceptance.objects.select_related("review").order_by("expires_on", "pk"):
        newest[row.review_id] = row
    for row in newest.values():
        if row.expires_on > today + AHEAD:
            continue
        day = day_of(row.expires_on, today=today, made=timezone.localdate(row.signed_at))
        if day is None or _levered(row):
            continue
        to = {row.signed_by_uid: row.signed_by} if row.signed_by_uid in known else {}
        if tells_leads(row.expires_on, day) or not to:
            to |= {uid: name for uid, name in leads_of(row.review.owner).items() if uid in known}
        yield Owed(row.review, Reminder.ACCEPTANCE, row.uid, day, to)


def _levered(row: Acceptance) -> bool:
    """Whether an action works on it by now, so that nothing needs to be accepted any more."""
    return row.review.actions.filter(made_at__gt=row.signed_at).exists()


def _names() -> frozenset[str]:
    return frozenset(Person.objects.filter(is_active=True).values_list("uid", flat=True))


def send(uid: str, *, now: datetime, last_attempt: bool) -> None:
    """Send one; nothing is sent about what was closed or replaced since it was planned.

    Raises:
        Unavailable: when another attempt may help.
    """
    row = Reminder.objects.select_related("review").filter(uid=uid, sent_at=None).first()
    person = Person.objects.filter(uid=row.to_uid, is_active=True).first() if row else None
    text = _text(row, today=timezone.localdate(now)) if row and person else None
    if row is None or person is None or text is None:
        return
    link = str(settings.PUBLIC_URL) + reverse("reviews:review", args=[f"INC-{row.review.number}"]) + "#actions"
    message = Message(
        key=f"reviews-{row.uid}", address=person.email, subject=text[0], text=f"{text[1]}\n\n{link}\n", link=link,
        data={"kind": "reminder", "review": f"INC-{row.review.number}", "about": row.about},
    )  # fmt: skip
    try:
        board.notifier("smtp").deliver(message, seconds=SECONDS)
    except NotDelivered as fault:
        Reminder.objects.filter(pk=row.pk).update(problem=fault.reason[:300])
        if not (fault.permanent or last_attempt):
            raise Unavailable(f"The reminder did not arrive: {fault.reason}") from None
        return
    Reminder.objects.filter(pk=row.pk).update(sent_at=now, problem="")


def _text(row: Reminder, *, today: date) -> tuple[str, str] | None:
    """The subject and the text; None where there is nothing to remind of any more."""
    name = f"INC-{row.review.number}"
    if row.about == Reminder.ACTION:
        action = Action.objects.filter(uid=row.about_uid, closed_at=None).first()
        if action is None:
            return None
        stands = when(action.due, today)
        text = f"{action.text}\n\nOwner: {action.owner_name}. Due {action.due.isoformat()}, so it {stands}.\n"
        text += f"It closes with this evidence: {action.evidence}"
        if action.handed_at:
            text += f"\n\n{action.handed_by} handed in: {action.closing_evidence}. It waits for a second look."
        return f"{name} {action.key} {stands}", text
    risk = Acceptance.objects.filter(uid=row.about_uid).first()
    if risk is None or row.review.acceptances.filter(expires_on__gt=risk.expires_on).exists():
        return None
    over = "runs out" if risk.expires_on >= today else "ran out"
    return (
        f"The accepted risk of {name} {over} on {risk.expires_on.isoformat()}",
        f"{risk.reason}\n\nSigned by {risk.signed_by}. Sign it anew, or add an action with a lever.",
    )
