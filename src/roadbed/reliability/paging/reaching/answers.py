"""Answers that come back by a button in a chat, a key, a text message or a mail, and what became of a message."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from typing import Final

from roadbed.ground.errors import Forbidden, Invalid, NotFound, Place
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports.answers import Answered, is_yes
from roadbed.reliability.paging import failing
from roadbed.reliability.paging.answering import take_over
from roadbed.reliability.paging.links import proven, proven_reply
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.watching import canaries

NO_PAGE: Final = "No page has this token."
MAIL_LARGEST: Final = 1024 * 1024
ADDRESSED: Final = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
BY_MACHINES: Final = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer did: whether its sender has the page now, and a sentence to tell them."""

    yours: bool
    said: str


def acknowledge_by_token(token: str, *, through: str, now: datetime, address: str = "", name: str = "") -> Outcome:
    """Take the page whose message held the token. It works once; with `address`, only for that address.

    Raises:
        NotFound: for a token that nobody got.
        Forbidden: when somebody else answers.
        Conflict: when the page is closed.
    """
    row = _delivery(proven(token))
    person = _answering(row, address, name)
    return _take(row, person, through=through, now=now)


def _delivery(uid: str | None) -> Delivery:
    rows = Delivery.objects.select_related("alert", "recipient__person", "channel")
    row = rows.filter(uid=uid, recipient__person__is_active=True).first() if uid else None
    if row is None:
        raise NotFound(NO_PAGE, remedy="Open the newest message, or `roadbed page list`.")
    return row


def _answering(row: Delivery, address: str, name: str) -> Person:
    """Who answers: whom the message went to, or in a shared conversation whoever pressed and is known here."""
    own = row.recipient.person
    if not address or address == row.channel.address:
        return own
    shared = row.channel.kind == Channel.SLACK and row.channel.address.startswith(("C", "G", "D"))
    known = Channel.objects.select_related("person").filter(
        kind=row.channel.kind, address=address, removed_at=None, person__is_active=True
    ).exclude(verified_at=None).first()  # fmt: skip
    if shared:
        return known.person if known else own
    raise Forbidden(
        f"This page went to {own.name}, and {name or 'somebody else'} answered.", remedy="Sign in to take it."
    )


def _take(row: Delivery, person: Person, *, through: str, now: datetime) -> Outcome:
    caller = caller_of_person(person)
    if row.answered_at is not None:
        alert = row.alert
        has = alert.acknowledged_by == caller.uid
        said = "You have it already." if has else f"{alert.acknowledged_name or 'Nobody'} has it: this answer was used."
        return Outcome(has, said)
    yours = take_over(caller, row.alert.uid, through=through, now=now)
    # Used up only afterwards: who is killed in between is asked again rather than told that it was used.
    Delivery.objects.filter(pk=row.pk).update(answered_at=now)
    return Outcome(yours, f"You have it: {row.alert.title}" if yours else "Somebody else has it already.")


def acknowledge_by_number(address: str, *, now: datetime) -> Outcome:
    """Take the newest page that was sent to a number as a text message.

    Raises:
        NotFound: when none waits there.
    """
    rows = Delivery.objects.select_related("alert", "recipient__person", "channel").filter(
        channel__kind=Channel.SMS, channel__address=address, channel__removed_at=None,
        state__in=[Delivery.SENT, Delivery.SENDING], recipient__person__is_active=True,
        alert__state__in=[Alert.PAGING, Alert.EXHAUSTED],
    ).exclude(channel__verified_at=None)  # fmt: skip
    row = rows.order_by("-pk").first()
    if row is None:
        raise NotFound("No page waits at this number.", remedy="`roadbed page list` shows what is open.")
    others = rows.exclude(alert=row.alert).values("alert").distinct().count()
    outcome = _take(row, row.recipient.person, through="sms", now=now)
    waiting = f" {others} more {'waits' if others == 1 else 'wait'}: reply 1 again." if others else ""
    return Outcome(outcome.yours, outcome.said + waiting)


def note_status(token: str, status: Answered, *, now: datetime) -> None:
    """Note what a provider says became of a message: arrived, or never, so that the next method comes at once."""
    uid = proven(token)
    if uid is None:
        raise NotFound(NO_PAGE)
    if canaries.note_status(uid, status, now=now):
        return
    if status.delivered:
        Delivery.objects.filter(uid=uid, confirmed_at=None).update(confirmed_at=now)
    elif status.delivered is False:
        failing.not_arrived(uid, status.reason, now=now)


def acknowledge_by_mail(caller: Caller, raw: bytes, *, now: datetime) -> Outcome:
    """Take the page that a mail replies to, as whoever hands mails in.

    Raises:
        Invalid: for what no person wrote, or says something else than `ack`.
        NotFound: when it was sent to no address of ours.
        Forbidden: when it comes from another address than the page went to.
    """
    authorise(caller, "inbox.receive")
    if len(raw) > MAIL_LARGEST:
        raise Invalid("This mail is longer than 1 MiB.", place=Place(field="mail"))
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what this policy makes
    if (sign := _by_machine(mail)) is not None:
        raise Invalid(
            f"No person wrote this mail ({sign}), so that it acknowledges nothing.", place=Place(field="mail")
        )
    row = _delivery(_replied_to(mail))
    sender = parseaddr(str(mail.get("From", "")))[1]
    if sender.casefold() != row.channel.address.casefold():
        raise Forbidden("This reply comes from another address than its page went to.", remedy="Open the page's link.")
    if not is_yes(_first_line(mail)):
        raise Invalid("This reply does not say ack in its first line.", remedy="Write ack.", place=Place(field="mail"))
    return _take(row, row.recipient.person, through="mail", now=now)


def _replied_to(mail: EmailMessage) -> str | None:
    given = [str(value) for name in ADDRESSED for value in mail.get_all(name, [])]
    found = (proven_reply(address) for _, address in getaddresses(given))
    return next((uid for uid in found if uid), None)


def _by_machine(mail: EmailMessage) -> str | None:
    """The header that says that a program wrote a mail: an absence note must not take a page."""
    if str(mail.get("Auto-Submitted", "no")).strip().lower() != "no":
        return "Auto-Submitted"
    if str(mail.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return "Precedence"
    if str(mail.get("Return-Path", "x")).strip() == "<>" or mail.get_content_type() == "multipart/report":
        return "a bounce"
    return next((name for name in BY_MACHINES if mail.get(name) is not None), None)


def _first_line(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    try:
        text = str(body.get_content()) if body else ""
    except (LookupError, UnicodeError):
        return ""
    return next((line for line in text.splitlines()[:50] if line.strip()), "")
