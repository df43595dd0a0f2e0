"""Mail about updates: one to each address, once, retried, and forgotten only when it was sent or cannot be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.people.models import Person
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.incidents.models import Incident, Mailing, Subscriber, Update
from roadbed.reliability.incidents.rules import name_of
from roadbed.reliability.incidents.seeing import PRIVATE_TITLE
from roadbed.reliability.incidents.status.usecases import secret_of

SECONDS: Final = 10.0
ATTEMPTS: Final = 6
TOGETHER: Final = 500


class NotAllSentError(Exception):
    """Some mails did not go out yet; the job is tried again and sends those."""


def send_update(uid: str, *, now: datetime, clock: Callable[[], datetime]) -> int:
    """Mail one update to who follows the incident and, if it is public, to everybody who subscribed; answers how many.

    Run again after a crash, it sends to those only whose mail is not known to have gone out.

    Raises:
        NotAllSentError: when some should be tried again.
    """
    found = Update.objects.filter(uid=uid).select_related("incident").first()
    if found is None:
        raise Abandon(f"there is no update {uid}")
    incident = found.incident
    followers = incident.participants.filter(follows=True).values_list("person_uid", flat=True)
    inside = Person.objects.filter(uid__in=list(followers), is_active=True).values_list("email", flat=True)
    _prepare(uid, ((email.lower(), "") for email in inside), now=now)
    if found.public and incident.public:
        outside = Subscriber.objects.filter(confirmed_at__isnull=False).values_list("email", "uid")
        _prepare(uid, outside.iterator(chunk_size=TOGETHER), now=now)
    return _send(uid, lambda one: _message(found, one), clock)


def _prepare(about: str, addresses: Iterable[tuple[str, str]], *, now: datetime) -> None:
    rows = (Mailing(about=about, email=email, subscriber=uid, made_at=now) for email, uid in addresses)
    Mailing.objects.bulk_create(rows, batch_size=TOGETHER, ignore_conflicts=True)


def _send(about: str, message: Callable[[Mailing], Message], clock: Callable[[], datetime]) -> int:
    sent, left = 0, 0
    for one in Mailing.objects.filter(about=about, sent_at=None, given_up="").order_by("pk"):
        gone = one.subscriber and not Subscriber.objects.filter(uid=one.subscriber).exists()
        if gone:
            # Unsubscribed between the update and its mail.
            Mailing.objects.filter(pk=one.pk).update(given_up="unsubscribed")
            continue
        Mailing.objects.filter(pk=one.pk).update(attempts=F("attempts") + 1)
        try:
            board.notifier("smtp").deliver(message(one), seconds=SECONDS)
        except NotDelivered as fault:
            if fault.permanent or one.attempts + 1 >= ATTEMPTS:
                Mailing.objects.filter(pk=one.pk).update(given_up=fault.reason[:300] or "refused")
            else:
                left += 1
        else:
            Mailing.objects.filter(pk=one.pk).update(sent_at=clock())
            sent += 1
    if left:
        raise NotAllSentError(f"{left} mails are to be tried again")
    return sent


def _message(update: Update, one: Mailing) -> Message:
    row = update.incident
    if one.subscriber:
        link = _absolute("incidents:status")
        leave = _absolute("incidents:unsubscribe", one.subscriber, secret_of(one.subscriber))
        text = f"{update.text}\n\nStatus: {link}\n\nNo more of these: {leave}\n"
        headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        subject = f"[{update.stage.capitalize()}] {row.public_title}"
        return Message(_key(one), one.email, subject, text, link=link, headers=headers)
    name = name_of(row.number)
    link = _absolute("incidents:incident", name)
    title = PRIVATE_TITLE if row.private else row.title
    # What is private stays behind the sign-in: a mailbox has readers of its own.
    said = f"There is word on {name}." if row.private else update.text
    return Message(_key(one), one.email, f"{name} {update.stage}: {title}", f"{said}\n\n{link}\n", link=link)


def send_confirmation(uid: str) -> None:
    """Ask an address whether it wants updates."""
    row = Subscriber.objects.filter(uid=uid, confirmed_at=None).first()
    if row is None:
        return
    link = _absolute("incidents:confirm", row.uid, secret_of(row.uid))
    text = (
        f"Somebody, probably you, asked for updates from {_absolute('incidents:status')} at this address.\n\n"
        f"Confirm it here: {link}\n\nOtherwise do nothing. The address is forgotten in two days.\n"
    )
    message = Message(f"confirm-{row.uid}", row.email, "Confirm your subscription to status updates", text, link=link)
    board.notifier("smtp").deliver(message, seconds=SECONDS)


def send_reminder(uid: str, at: str, *, now: datetime, clock: Callable[[], datetime]) -> int:
    """Remind whoever communicates, or else leads, that stakeholders wait; answers how many mails went out."""
    row = Incident.objects.filter(uid=uid).first()
    if row is None or row.next_update_at is None or row.next_update_at > now:
        return 0
    held = row.roles.get("communications") or row.roles.get("lead")
    person = Person.objects.filter(uid=held["uid"], is_active=True).first() if held else None
    if person is None:
        return 0
    name, about = name_of(row.number), hashlib.sha256(f"{uid} {at}".encode()).hexdigest()[:32]
    _prepare(about, [(person.email.lower(), "")], now=now)
    link = _absolute("incidents:incident", name)
    text = f"Stakeholders of {name} were to hear by {row.next_update_at:%H:%M} UTC and have not.\n\n{link}#update\n"
    subject = f"{name}: the next update is due"
    return _send(about, lambda one: Message(_key(one), one.email, subject, text, link=link), clock)


def _absolute(page: str, *args: str) -> str:
    return str(settings.PUBLIC_URL).rstrip("/") + reverse(page, args=args)


def _key(one: Mailing) -> str:
    digest = hashlib.sha256(one.email.encode()).hexdigest()[:12]
    return f"{one.about}-{digest}"
