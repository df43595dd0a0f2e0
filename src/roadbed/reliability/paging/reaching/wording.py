"""A page in words: for a screen, for a text message, for machines; with what proves an answer to it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from roadbed.ground.ports.notifier import Message
from roadbed.reliability.paging.escalating import said
from roadbed.reliability.paging.links import answers_at, page_link, reply_address, signing_secret, token_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.reaching.sealing import address_for
from roadbed.reliability.paging.rules.methods import HIGH, lateness, urgency_of

SHORT_TITLE: Final = 140


def message_of(row: Delivery, *, now: datetime, due: datetime) -> Message:
    """The page as it is sent; `due` is when its first attempt should have been."""
    alert, link, late = row.alert, page_link(row.recipient.uid), lateness(due, now)
    channel = row.channel
    return Message(
        key=row.key,
        address=address_for(channel),
        subject=f"[Severity {alert.severity}] {alert.title}",
        text=_text(row, link, late),
        short=_short(alert, late, link=channel.kind == Channel.SMS and link),
        link=link,
        urgent=urgency_of(alert.severity) == HIGH,
        token=token_of(row.uid),
        answers=answers_at(),
        reply_to=reply_address(row.uid) if channel.kind == Channel.SMTP else "",
        data=said(alert)
        | {
            "kind": "page",
            "severity": alert.severity,
            "environment": alert.environment,
            "started_at": alert.started_at.isoformat(),
            "person": row.recipient.person.name,
            "step": row.recipient.reason,
        },
        secret=signing_secret(channel.uid) if channel.kind == Channel.WEBHOOK else "",
        server=channel.server,
    )


def _text(row: Delivery, link: str, late: str) -> str:
    alert = row.alert
    reply = row.channel.kind == Channel.SMTP and bool(settings.REPLY_TO)
    lines = [
        f"{alert.title}.",
        f"Since {alert.started_at:%-d %B %H:%M} UTC. Severity {alert.severity}.",
        *([late] if late else []),
        "",
        "Acknowledge behind this link (opening it changes nothing, its button does):",
        link,
        *(["or reply to this mail with the word ack,"] if reply else []),
        f"or by: roadbed page ack {alert.uid}",
        "",
        "Why you:",
        *(f"- {reason}" for reason in alert.why),
        f"- You are paged as: {row.recipient.reason}.",
    ]
    return "\n".join(lines) + "\n"


def _short(alert: Alert, late: str, *, link: str | bool) -> str:
    title = alert.title if len(alert.title) <= SHORT_TITLE else f"{alert.title[: SHORT_TITLE - 1]}…"
    parts = [f"Roadbed, severity {alert.severity}: {title}.", late]
    if link:
        parts += ["Reply 1 to take it.", str(link)]
    return " ".join(part for part in parts if part)
