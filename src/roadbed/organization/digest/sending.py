"""Sending digests: planned once a person and week, marked before it goes out, and never sent a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Membership, Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.organization.digest.composing import Mail, mail_of
from roadbed.organization.digest.models import Issue, Preference, TeamDefault
from roadbed.organization.digest.rules.scheduling import Clock, due, is_wanted, week_of

SECONDS: Final = 30.0
LOST: Final = "Whoever sent it died while it went out, so that nobody knows whether it arrived. It is not sent again."


def plan(*, now: datetime) -> int:
    """Give everybody whose hour has come their digest of the week to be sent; answers how many."""
    planned = 0
    for person, clock, since in _readers():
        at = due(clock, now=now)
        week = week_of(clock, at)
        if not is_wanted(at, since=since, now=now) or Issue.objects.filter(person=person, week=week).exists():
            continue
        with transaction.atomic(using="default"):
            issue, made = Issue.objects.get_or_create(person_id=person, week=week, defaults={"due_at": at})
            if made:
                enqueue("digest.send", {"issue": issue.uid}, key=f"digest:{issue.uid}", now=now)
                planned += 1
    return planned


def _readers() -> Iterator[tuple[int, Clock, datetime]]:
    """Everybody who wants digests, when, and since when."""
    said = {row.person_id: row for row in Preference.objects.all()}
    by_team: dict[int, datetime] = {}
    defaults = dict(TeamDefault.objects.values_list("team_id", "changed_at"))
    members = Membership.objects.filter(team__in=list(defaults), team__archived_at=None)
    for person, team in members.values_list("person_id", "team_id"):
        by_team[person] = min(by_team.get(person, defaults[team]), defaults[team])
    wanting = {pk for pk, row in said.items() if row.on} | {
        pk for pk in by_team if pk not in said or said[pk].on is None
    }
    for pk in Person.objects.filter(pk__in=wanting, is_active=True).order_by("pk").values_list("pk", flat=True):
        row = said.get(pk)
        clock = Clock(row.weekday, row.hour, row.zone) if row else Clock()
        instants = [row.changed_at if row else None, by_team[pk] if row is None or row.on is None else None]
        yield pk, clock, max(one for one in instants if one is not None)


def send(uid: str, *, last: bool, clock: Callable[[], datetime]) -> None:
    """Send one digest. What fails for now is tried again by the job; `last` says that this is the last try.

    Raises:
        NotDelivered: where another try may bring it out.
        Abandon: where none will.
    """
    row = Issue.objects.select_related("person").filter(uid=uid).first()
    if row is None or row.state not in (Issue.WAITING, Issue.SENDING):
        return
    if row.state == Issue.SENDING:
        _end(row, Issue.UNKNOWN, clock(), error=LOST)
        raise Abandon(LOST)
    if not row.person.is_active:
        _end(row, Issue.EMPTY, clock(), error="The person left.")
        return
    mail = mail_of(row.person, now=clock())
    if mail.digest.is_empty:
        _end(row, Issue.EMPTY, clock())
        return
    marked = {"state": Issue.SENDING, "tries": row.tries + 1, "subject": mail.subject[:300]}
    if not Issue.objects.filter(pk=row.pk, state=Issue.WAITING).update(**marked):
        return
    row.state = Issue.SENDING
    try:
        board.notifier("smtp").deliver(_message(row, mail), seconds=SECONDS)
    except NotDelivered as fault:
        _not_sent(row, fault, clock(), last=last)
    else:
        _end(row, Issue.SENT, clock())


def _message(row: Issue, mail: Mail) -> Message:
    return Message(
        key=f"digest-{row.uid}", address=row.person.email, subject=mail.subject, text=mail.text, html=mail.html,
        headers={
            # RFC 8058: the mail program posts to the address by itself, with one press of the reader.
            "List-Unsubscribe": f"<{mail.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )  # fmt: skip


def _not_sent(row: Issue, fault: NotDelivered, now: datetime, *, last: bool) -> None:
    if fault.unknown:
        _end(row, Issue.UNKNOWN, now, error=f"{fault.reason}. It may have arrived, and is not sent again.")
        raise Abandon(fault.reason)
    if fault.permanent or last:
        _end(row, Issue.FAILED, now, error=fault.reason)
        raise Abandon(fault.reason)
    Issue.objects.filter(pk=row.pk, state=Issue.SENDING).update(state=Issue.WAITING, error=fault.reason[:300])
    raise fault


def _end(row: Issue, state: str, now: datetime, *, error: str = "") -> None:
    with unit(ROADBED, now=now) as writing:
        ended = {"state": state, "ended_at": now, "error": error[:300]}
        if not Issue.objects.filter(pk=row.pk, state=row.state).update(**ended) or state == Issue.EMPTY:
            return
        kind = "digest.sent" if state == Issue.SENT else "digest.failed"
        data = {"digest": row.uid, "week": row.week, "error": error[:300]}
        writing.record(kind, row.person.uid, source_id=f"digest:{row.uid}:{state}", data=data)
