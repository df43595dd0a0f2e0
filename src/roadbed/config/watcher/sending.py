"""Owns what the watcher says and how it goes out: by mail, webhook or ntfy, with its own credentials."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from roadbed.adapters.ntfy import NtfyNotifier
from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.webhook import WebhookNotifier
from roadbed.config.watcher.reading import Watch, Way
from roadbed.config.watcher.rules import DATABASE, PAGER, UP, WEB, News
from roadbed.ground.ports.notifier import Message, NotDelivered, Notifier

SECONDS: Final = 10.0
REMEDIES: Final = {
    WEB: "Nobody can sign in, acknowledge or send alerts. On its machine: roadbed doctor, then roadbed up.",
    DATABASE: "No alert can be kept. Look at the database and at the disk: roadbed doctor.",
    PAGER: "NOBODY IS PAGED until it is back. On its machine: roadbed doctor, then roadbed up.",
}


def send(watch: Watch, found: Sequence[News], *, now: float) -> list[str]:
    """Send the news on every way; answers why each one that failed did. One that works suffices."""
    faults = []
    for way in watch.ways:
        try:
            notifier_of(way).deliver(message_of(watch, way, found, now=now), seconds=SECONDS)
        except NotDelivered as fault:
            faults.append(f"{way.kind}: {fault.reason}")
    return faults


def notifier_of(way: Way) -> Notifier:
    """What sends on a way."""
    if way.kind == "smtp":
        return SmtpNotifier(way.server, sender=way.sender)
    if way.kind == "ntfy":
        return NtfyNotifier(way.address.rpartition("/")[0], lambda: way.opened)
    return WebhookNotifier()


def message_of(watch: Watch, way: Way, found: Sequence[News], *, now: float) -> Message:
    """The news as one message."""
    worst = next((one for one in found if one.what != UP), found[0])
    subject = f"Roadbed: {', '.join(f'{one.part} is {one.what}' for one in found)}"
    lines = [line for one in found for line in _said(one)]
    text = "\n".join([*lines, "", f"Seen by {watch.name} on {socket.gethostname()}, which watches {watch.url}."]) + "\n"
    return Message(
        # The same news has the same key for an attempt again; a repeat is news of its own.
        key=f"watch-{worst.part}-{worst.what.replace(' ', '-')}-{int(now)}",
        address=way.address,
        subject=subject,
        text=text,
        link=watch.url,
        urgent=any(one.what != UP for one in found),
        data={"kind": "watch", "watcher": watch.name, "parts": {one.part: one.what for one in found}},
        secret=way.opened if way.kind == "webhook" else "",
    )


def _said(one: News) -> list[str]:
    since = f" since {datetime.fromtimestamp(one.since, UTC):%-d %B %H:%M:%S} UTC" if one.since is not None else ""
    if one.what == UP:
        return [f"The {one.part} is up again{since}."]
    return [f"The {one.part} is {one.what}{since}: {one.reason}.", REMEDIES[one.part]]
