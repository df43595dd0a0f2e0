"""Warnings about the paging itself, to the administrators, on other ways than the one that is warned about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from roadbed.ground.errors import Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.people.rules import ADMIN
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.paging.links import signing_secret
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.reaching.sealing import address_for, send

WARN: Final = "paging.warn"
SECONDS: Final = 8.0


def warn(subject: str, text: str, *, about: str, key: str, now: datetime, without: Collection[str] = ()) -> int:
    """Queue a warning in the open transaction, on every administrator's verified channels of other kinds.

    Args:
        subject: one line.
        text: what is wrong and what to do.
        about: what it is about, for machines.
        key: the same for the same warning, which goes out once.
        now: the instant.
        without: kinds of channels that are not to be used.

    Returns:
        how many channels there are to warn on.
    """
    rows = Channel.objects.filter(
        person__role=ADMIN, person__is_active=True, removed_at=None
    ).exclude(verified_at=None).exclude(kind__in=list(without))  # fmt: skip
    uids = list(rows.order_by("pk").values_list("uid", flat=True))
    for uid in uids:
        told = {"channel": uid, "subject": subject, "text": text, "about": about, "key": key}
        enqueue(WARN, told, key=f"{WARN}:{key}:{uid}"[:200], now=now)
    return len(uids)


def send_warning(told: dict[str, str], *, last_attempt: bool) -> None:
    """Send one. Raises Unavailable when another attempt may help."""
    channel = Channel.objects.filter(uid=told["channel"], removed_at=None).first()
    if channel is None:
        return
    message = Message(
        key=f"{told['key']}-{channel.uid}"[-64:],
        address=address_for(channel),
        subject=told["subject"],
        text=told["text"],
        short=f"Roadbed: {told['subject']}",
        urgent=False,
        data={"kind": "warning", "about": told["about"]},
        server=channel.server,
        secret=signing_secret(channel.uid) if channel.kind == Channel.WEBHOOK else "",
    )
    try:
        send(channel.kind, message, seconds=SECONDS)
    except NotDelivered as fault:
        Channel.objects.filter(pk=channel.pk).update(problem=fault.reason[:300])
        if not (fault.permanent or last_attempt):
            raise Unavailable(f"The warning did not arrive: {fault.reason}") from None
