"""Mails to owners of runbooks that went stale: one for all that wait, once each time, until somebody wants none."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from roadbed.ground.errors import Invalid, NotFound
from roadbed.ground.people import queries as people
from roadbed.ground.people.derived import derived
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.platform.runbooks import queries
from roadbed.platform.runbooks.models import Reminder, Runbook, Unreminded

VERB: Final = "digest.write"
MOST_OWNERS: Final = 10
SECONDS: Final = 10.0
PATIENCE: Final = timedelta(days=2)
"""How long a mail server may be away; after that the next staleness is told of instead."""
KEPT: Final = timedelta(days=180)
SHOWN: Final = 30


def note(row: Runbook, *, now: datetime) -> int:
    """Note in the open transaction whom to tell that it went stale: leads, or all of a team that has no lead."""
    team = people.team(row.owner)
    members = team.members if team else ()
    whom = [one.uid for one in members if one.lead] or [one.uid for one in members]
    quiet = set(Unreminded.objects.filter(person__uid__in=whom).values_list("person__uid", flat=True))
    persons = Person.objects.filter(uid__in=[uid for uid in whom if uid not in quiet][:MOST_OWNERS], is_active=True)
    made = [Reminder(runbook=row, person=person, noted_at=now) for person in persons]
    Reminder.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def waiting() -> QuerySet[Reminder]:
    """What somebody is to be told."""
    return Reminder.objects.filter(mailed_at=None)


def send(*, now: datetime) -> int:
    """Mail everybody what waits for them; answers how many mails went out. What was cleared meanwhile is left out."""
    Reminder.objects.filter(noted_at__lt=now - KEPT).delete()
    rows = waiting().select_related("runbook", "person").order_by("pk")
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row)
    return sum(_sent(found, now=now) for found in by_person.values())


def _sent(rows: list[Reminder], *, now: datetime) -> int:
    person, ids = rows[0].person, [row.pk for row in rows]
    quiet = not person.is_active or Unreminded.objects.filter(person=person).exists()
    still = [] if quiet else [row for row in rows if row.runbook.reminded_at and row.runbook.removed_at is None]
    if not still:
        Reminder.objects.filter(pk__in=ids).delete()
        return 0
    try:
        board.notifier("smtp").deliver(_message(person, still, now=now), seconds=SECONDS)
    except NotDelivered as fault:
        given_up = fault.permanent or now - rows[0].noted_at > PATIENCE
        values = {"problem": fault.reason[:300], **({"mailed_at": now} if given_up else {})}
        Reminder.objects.filter(pk__in=ids).update(**values)
        return 0
    Reminder.objects.filter(pk__in=[row.pk for row in rows if row not in still]).delete()
    Reminder.objects.filter(pk__in=ids).update(mailed_at=now, problem="")
    return 1


def _message(person: Person, rows: list[Reminder], *, now: datetime) -> Message:
    lines = []
    for row in rows[:SHOWN]:
        view = queries.row_view(row.runbook, now=now)
        said = view.doubts[0] if view.doubts else None
        lines.append(f"{row.runbook.service}: {row.runbook.title}")
        lines += [f"  {said.text} {said.clears}"] if said else []
        lines.append(f"  {settings.PUBLIC_URL}{reverse('runbooks:one', args=[row.runbook.uid])}")
    more = [f"And {len(rows) - SHOWN} more."] if len(rows) > SHOWN else []
    stop = stop_link(person.uid)
    end = [
        "",
        "Each is told of once, until a review clears it and it goes stale again.",
        f"No such mails to me: {stop}",
    ]
    many = f"{len(rows)} runbooks" if len(rows) > 1 else f"The runbook {rows[0].runbook.title}"
    key = sha256(",".join(str(row.pk) for row in rows).encode()).hexdigest()[:40]
    return Message(
        key=f"runbooks-{key}", address=person.email, subject=f"{many} went stale"[:150],
        text="\n".join(["Can they still be trusted in the night?", "", *lines, *more, *end]) + "\n",
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )  # fmt: skip


def is_wanted(person_uid: str) -> bool:
    """Whether somebody gets such mails."""
    return not Unreminded.objects.filter(person__uid=person_uid).exists()


def choose(caller: Caller, *, wanted: bool, now: datetime) -> None:
    """Get such mails, or none."""
    authorise(caller, VERB)
    person = Person.objects.filter(uid=caller.uid).first()
    if person is None:
        raise Invalid(f"{caller.name} is nobody who gets mails.", remedy="Sign in as a person.")
    _set(person, wanted=wanted, now=now)


def _set(person: Person, *, wanted: bool, now: datetime) -> None:
    if wanted:
        Unreminded.objects.filter(person=person).delete()
    else:
        Unreminded.objects.get_or_create(person=person, defaults={"since": now})


def stop_link(person_uid: str) -> str:
    """Where somebody ends these mails without signing in; it opens nothing else."""
    secret = derived("runbooks.reminders", person_uid)
    return str(settings.PUBLIC_URL) + reverse("runbooks:stop-reminders", args=[person_uid, secret])


def behind(person_uid: str, secret: str) -> Person:
    """Whose link it is. Raises NotFound."""
    person = Person.objects.filter(uid=person_uid[:32]).first()
    if person is None or not constant_time_compare(secret, derived("runbooks.reminders", person.uid)):
        raise NotFound("Nobody has this link.", remedy="The page Runbooks has the same choice.")
    return person


def stop(person_uid: str, secret: str, *, now: datetime) -> None:
    """End these mails behind the link."""
    _set(behind(person_uid, secret), wanted=False, now=now)
