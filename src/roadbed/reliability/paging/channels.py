"""The ways to a person: added, tried with a test message, verified by whoever gets that, removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place, Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person, digest
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.addresses import REMEDY
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.paging.links import channel_digest, channel_link, signing_secret
from roadbed.reliability.paging.models import Channel, new_uid
from roadbed.reliability.paging.reaching import sealing, verifying

TEST: Final = "paging.test"
MOST: Final = 10
LONGEST: Final = 500
ADDRESS: Final = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
SERVER: Final = re.compile(r"smtps?://[A-Za-z0-9.-]{1,150}(:[0-9]{1,5})?")
SECONDS: Final = 8.0


@dataclass(frozen=True, slots=True)
class Added:
    """A new channel. `secret` signs a webhook's messages and is shown this once; empty for mail."""

    uid: str
    secret: str


def add_channel(caller: Caller, *, kind: str, address: str, email: str = "", server: str = "", now: datetime) -> Added:
    """Add a way to the caller, or for an administrator to somebody else; a test message goes out at once.

    `server` is a mail server for this channel alone, as smtp://host:port, which only an administrator chooses.
    """
    person = person_of(caller, email)
    address = _checked(kind, address.strip())
    server = _checked_server(caller, kind, server.strip())
    uid = new_uid()
    kept = sealing.kept(uid, kind, address)
    with unit(caller, now=now) as writing:
        held = Channel.objects.filter(person=person, removed_at=None)
        if held.filter(Q(mark=sealing.mark_of(kind, address)) | Q(mark="", address=address), kind=kind).exists():
            raise Conflict(f"{person.name} has this channel already.", place=Place(field="address"))
        if held.count() >= MOST:
            raise Conflict(f"{person.name} has {MOST} channels already.", remedy="Remove one first.")
        channel = Channel.objects.create(
            uid=uid, person=person, kind=kind, server=server, digest=channel_digest(uid), created_at=now, **kept
        )  # fmt: skip
        _record(writing.record, "channel.changed", channel, change="added")
        _test(channel, now=now)
    return Added(uid=uid, secret=signing_secret(uid) if kind == Channel.WEBHOOK else "")


def remove_channel(caller: Caller, uid: str, *, now: datetime) -> None:
    """Remove a channel; pages that wait for it are not sent."""
    channel = _own(caller, uid)
    with unit(caller, now=now) as writing:
        if Channel.objects.filter(pk=channel.pk, removed_at=None).update(removed_at=now):
            _record(writing.record, "channel.changed", channel, change="removed")


def try_channel(caller: Caller, uid: str, *, now: datetime) -> None:
    """Send a test message, with the link and the code that verify the channel."""
    channel = _own(caller, uid)
    with unit(caller, now=now):
        _test(channel, now=now)


def verify_channel(caller: Caller, uid: str, code: str, *, now: datetime) -> str:
    """Verify a channel by the code of its test message; without a uid the only one that waits. Answers its uid."""
    authorise(caller, "channel.write")
    channel = _own(caller, uid) if uid else verifying.only_unverified(caller.uid)
    verifying.verify_channel(caller, channel, code, now=now)
    return channel.uid


def confirm_channel(secret: str, *, now: datetime) -> None:
    """Confirm behind the test message's link that it arrived."""
    channel = channel_of(secret)
    if channel is None:
        raise NotFound("No channel has this link.", remedy="Send the test message again from the on-call page.")
    verifying.mark_verified(caller_of_person(channel.person), channel, through="link", now=now)


def channel_of(secret: str) -> Channel | None:
    """The channel that a link confirms."""
    return Channel.objects.select_related("person").filter(digest=digest(secret), removed_at=None).first()


def send_test(uid: str, *, now: datetime, last_attempt: bool) -> None:
    """Send the test message. A webhook that takes it is confirmed by that; a mail by its link.

    Raises:
        Unavailable: when another attempt may help.
    """
    channel = Channel.objects.select_related("person").filter(uid=uid, removed_at=None).first()
    if channel is None:
        return
    try:
        sealing.send(channel.kind, _message(channel), seconds=SECONDS)
    except NotDelivered as fault:
        Channel.objects.filter(pk=channel.pk).update(problem=fault.reason[:300])
        if not (fault.permanent or last_attempt):
            raise Unavailable(f"The test message did not arrive: {fault.reason}") from None
        return
    with unit(caller_of_person(channel.person), now=now) as writing:
        values: dict[str, object] = {"delivered_at": now, "problem": ""}
        if channel.kind == Channel.WEBHOOK and channel.verified_at is None:
            values["verified_at"] = now
            _record(writing.record, "channel.verified", channel, through="answer")
        Channel.objects.filter(pk=channel.pk).update(**values)


def _message(channel: Channel) -> Message:
    link, code = channel_link(channel.uid), verifying.code_of(channel)
    text = (
        f"This is how Roadbed will page you, {channel.person.name}.\n\n"
        f"Confirm behind this link that it arrived (opening it changes nothing, its button does):\n{link}\n\n"
        f"Or enter the code {code} on the page My notifications, or by\n"
        f"roadbed me channel verify {code} --channel {channel.uid}\n"
        "It is valid for 15 minutes.\n"
    )
    spoken = ", ".join(code) if channel.kind == Channel.VOICE else code
    return Message(
        # A new code is a new message; a repeated attempt at the same one is not.
        key=f"test-{channel.uid}-{channel.code_nonce}"[:64],
        address=sealing.address_for(channel),
        subject="A test page from Roadbed",
        text=text,
        short=f"Roadbed: the code of this channel is {spoken}. It is valid for 15 minutes.",
        link=link,
        data={"kind": "test", "person": channel.person.name},
        server=channel.server,
        secret=signing_secret(channel.uid) if channel.kind == Channel.WEBHOOK else "",
    )


def _test(channel: Channel, *, now: datetime) -> None:
    verifying.renew(channel, now=now)
    enqueue(TEST, {"channel": channel.uid}, key=f"{TEST}:{channel.uid}", now=now)


def _record(record: object, kind: str, channel: Channel, **more: str) -> None:
    assert callable(record)  # noqa: S101 - a unit's method
    record(kind, channel.person.uid, data={"channel": channel.uid, "kind": channel.kind, **more})


def person_of(caller: Caller, email: str) -> Person:
    """The caller, or whom an administrator names by their address."""
    authorise(caller, "channel.write")
    person = Person.objects.filter(email__iexact=email).first() if email else _self(caller)
    if person is None:
        raise NotFound(
            f"Nobody has the address {email[:254]}.",
            remedy="`roadbed person list` shows who there is.",
            place=Place(field="email"),
        )
    _only_own(caller, person)
    return person


def _self(caller: Caller) -> Person:
    person = Person.objects.filter(uid=caller.uid).first()
    if person is None:
        raise Invalid(
            f"{caller.name} is nobody who can be paged.",
            remedy="Say whose channel it is.",
            place=Place(field="email"),
        )
    return person


def _own(caller: Caller, uid: str) -> Channel:
    authorise(caller, "channel.write")
    channel = Channel.objects.select_related("person").filter(uid=uid, removed_at=None).first()
    if channel is None:
        raise NotFound(f"There is no channel {uid[:40]}.", remedy="`roadbed me channel list` shows yours.")
    _only_own(caller, channel.person)
    return channel


def _only_own(caller: Caller, person: Person) -> None:
    if person.uid != caller.uid and caller.role not in (ADMIN, SYSTEM):
        raise Forbidden(
            f"The channels of {person.name} are theirs.", remedy=f"Ask {person.name} or an admin to change them."
        )


def _checked(kind: str, address: str) -> str:
    if kind not in Channel.KINDS:
        known = ", ".join(Channel.KINDS)
        raise Invalid(f"{kind[:40]!r} is no kind of channel.", remedy=f"One of {known}.", place=Place(field="kind"))
    if len(address) > LONGEST or not address.isprintable():
        raise Invalid("This address is too long or holds control characters.", place=Place(field="address"))
    if kind == Channel.SMTP and not ADDRESS.fullmatch(address):
        raise Invalid(f"{address!r} is not an e-mail address.", place=Place(field="address"))
    if kind != Channel.SMTP and (fault := board.addresses(kind).fault_of(address)):
        remedy = REMEDY if kind in (Channel.WEBHOOK, Channel.SLACK_HOOK) else ""
        raise Invalid(fault, remedy=remedy, place=Place(field="address"))
    return address


def _checked_server(caller: Caller, kind: str, server: str) -> str:
    if not server:
        return ""
    place = Place(field="server")
    if kind != Channel.SMTP:
        raise Invalid("Only mail goes through a mail server.", place=place)
    if caller.role not in (ADMIN, SYSTEM):
        raise Forbidden("Only an admin chooses a channel's mail server.", remedy="Leave it out, or ask an admin.")
    if not SERVER.fullmatch(server):
        raise Invalid(
            f"{server[:80]!r} is no mail server.", remedy="Write it as smtp://host:25, without a password.", place=place
        )
    return server
