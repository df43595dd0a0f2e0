"""Secrets that are derived and never stored: the links of pages and channels, and what signs a webhook."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from roadbed.ground.people.derived import derived
from roadbed.ground.people.queries import digest
from roadbed.reliability.paging.calendars.models import CalendarLink

MAIL_PROOF: Final = 16
"""Hexadecimal digits that prove a reply's address: what stands before an @ may have 64 characters, of any case."""


def page_link(recipient_uid: str) -> str:
    """Where one person answers one alert; whoever holds it needs no sign-in."""
    return str(settings.PUBLIC_URL) + reverse("paging:page", args=[derived("paging.page", recipient_uid)])


def page_digest(recipient_uid: str) -> str:
    """What is kept of that link."""
    return digest(derived("paging.page", recipient_uid))


def channel_link(channel_uid: str) -> str:
    """Where a person confirms that a channel reaches them."""
    return str(settings.PUBLIC_URL) + reverse("paging:channel", args=[derived("paging.channel", channel_uid)])


def channel_digest(channel_uid: str) -> str:
    """What is kept of that link."""
    return digest(derived("paging.channel", channel_uid))


def calendar_link(person_uid: str) -> str:
    """Where a person's calendar program reads their shifts; whoever holds it needs no sign-in."""
    return str(settings.PUBLIC_URL) + reverse("paging:calendar", args=[person_uid, _calendar_secret(person_uid)])


def is_calendar_link(person_uid: str, secret: str) -> bool:
    """Whether this is the secret of that person's calendar."""
    return constant_time_compare(secret, _calendar_secret(person_uid))


def _calendar_secret(person_uid: str) -> str:
    replaced = CalendarLink.objects.filter(person__uid=person_uid).values_list("turn", flat=True).first()
    return derived("paging.calendar", f"{person_uid}:{replaced}" if replaced else person_uid)


def request_link(request_uid: str, person_uid: str) -> str:
    """Where one person answers one request for a shift; whoever holds it needs no sign-in."""
    secret = derived("paging.request", f"{request_uid}:{person_uid}")
    return str(settings.PUBLIC_URL) + reverse("paging:request", args=[request_uid, person_uid, secret])


def is_request_link(request_uid: str, person_uid: str, secret: str) -> bool:
    """Whether this is the secret of that person's link to that request."""
    return constant_time_compare(secret, derived("paging.request", f"{request_uid}:{person_uid}"))


def signing_secret(channel_uid: str) -> str:
    """What signs a webhook channel's messages; its receiver was shown it once."""
    return f"rbw_{derived('paging.webhook', channel_uid)}"


def token_of(uid: str) -> str:
    """What proves an answer to one message: its delivery's uid, and what only we can derive from that."""
    return f"{uid}.{derived('paging.answer', uid)}"


def proven(token: str) -> str | None:
    """The uid of the message that a token proves an answer to."""
    uid, _, proof = token.partition(".")
    return uid if uid.isalnum() and constant_time_compare(proof, derived("paging.answer", uid)) else None


def answers_at() -> str:
    """Where providers bring answers."""
    return f"{settings.PUBLIC_URL}/answers"


def reply_address(uid: str) -> str:
    """Where a reply to one mail arrives; empty where no address for replies is set."""
    name, _, domain = str(settings.REPLY_TO).partition("@")
    return f"{name}+{uid}.{_mail_proof(uid)}@{domain}" if name and domain else ""


def proven_reply(address: str) -> str | None:
    """The uid of the mail that somebody replied to, by the address of their reply."""
    name, _, domain = address.strip().lower().partition("@")
    own, _, own_domain = str(settings.REPLY_TO).lower().partition("@")
    uid, _, proof = name.removeprefix(f"{own}+").partition(".")
    if not own or domain != own_domain or not name.startswith(f"{own}+") or not uid.isalnum():
        return None
    return uid if constant_time_compare(proof, _mail_proof(uid)) else None


def _mail_proof(uid: str) -> str:
    return digest(derived("paging.reply", uid))[:MAIL_PROOF]


def heartbeat_key(uid: str, version: int) -> str:
    """The secret part of a heartbeat's address."""
    return derived("paging.heartbeat", f"{uid}:{version}")


def heartbeat_link(uid: str, version: int) -> str:
    """Where a heartbeat is sent."""
    return str(settings.PUBLIC_URL) + reverse("paging:beat", args=[heartbeat_key(uid, version)])
