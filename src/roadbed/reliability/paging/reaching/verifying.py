"""Verifying a channel: a code or a link that only whoever gets the test message knows."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.derived import derived
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports.proofs import same
from roadbed.reliability.paging.models import Channel, new_uid

VALID: Final = timedelta(minutes=15)
TRIES: Final = 5
A_DAY: Final = timedelta(days=1)
TESTS_A_DAY: Final = 20
"""Test messages of one channel in a day: each one brings a new code with new tries, and some cost money."""

DIGITS: Final = 6


def code_of(channel: Channel) -> str:
    """The code of the newest test message; it is derived and stands nowhere, not even as a digest."""
    made = hashlib.sha256(derived("paging.code", f"{channel.uid}:{channel.code_nonce}").encode()).digest()
    return f"{int.from_bytes(made[:8]) % 10**DIGITS:0{DIGITS}d}"


def renew(channel: Channel, *, now: datetime) -> None:
    """Give a channel a new code, in the open transaction. Raises Conflict after too many in a day."""
    fresh = channel.tests_since is None or now - channel.tests_since >= A_DAY
    if not fresh and channel.tests >= TESTS_A_DAY:
        raise Conflict(
            f"{TESTS_A_DAY} test messages went to this channel within a day.",
            remedy="Wait until tomorrow, or remove the channel and add it anew.",
        )
    channel.tests = 1 if fresh else channel.tests + 1
    channel.tests_since = now if fresh else channel.tests_since
    channel.code_nonce, channel.code_sent_at, channel.code_tries = new_uid(), now, 0
    channel.save(update_fields=["tests", "tests_since", "code_nonce", "code_sent_at", "code_tries"])


def verify_channel(caller: Caller, channel: Channel, code: str, *, now: datetime) -> None:
    """Verify a channel by the code of its test message.

    Raises:
        Conflict: when the code is too old, or was tried too often.
        Invalid: for a wrong one, with how many tries are left.
    """
    again = f"`roadbed me channel test {channel.uid}` sends a new one."
    if channel.verified_at is not None:
        return
    if channel.code_sent_at is None or now - channel.code_sent_at > VALID:
        raise Conflict("The code is older than 15 minutes.", remedy=again, place=Place(field="code"))
    # Counted before it is compared, by a condition, so that many at once get no more tries than one after the other.
    rows = Channel.objects.filter(pk=channel.pk, code_nonce=channel.code_nonce, code_tries__lt=TRIES, removed_at=None)
    if not rows.update(code_tries=F("code_tries") + 1):
        raise Conflict(f"The code was tried {TRIES} times.", remedy=again, place=Place(field="code"))
    if not same("".join(code.split()), code_of(channel)):
        left = TRIES - channel.code_tries - 1
        raise Invalid(f"This is not the code; {left} tries are left.", remedy=again, place=Place(field="code"))
    mark_verified(caller, channel, through="code", now=now)


def mark_verified(caller: Caller, channel: Channel, *, through: str, now: datetime) -> None:
    """Note that a channel reaches its owner."""
    with unit(caller, now=now) as writing:
        if Channel.objects.filter(pk=channel.pk, verified_at=None, removed_at=None).update(verified_at=now, problem=""):
            data = {"channel": channel.uid, "kind": channel.kind, "through": through}
            writing.record("channel.verified", channel.person.uid, data=data)


def only_unverified(person_uid: str) -> Channel:
    """The person's only channel that waits for a code. Raises NotFound or Conflict."""
    found = list(Channel.objects.select_related("person").filter(
        person__uid=person_uid, verified_at=None, removed_at=None
    )[:2])  # fmt: skip
    if not found:
        raise NotFound("None of your channels waits for a code.", remedy="`roadbed me channel list` shows them.")
    if len(found) > 1:
        raise Conflict("More than one of your channels waits for a code.", remedy="Name the channel.")
    return found[0]
