"""Secrets that are derived and never stored: the links of pages and channels, and what signs a webhook."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from roadbed.ground.people.derived import derived
from roadbed.ground.people.queries import digest
from roadbed.reliability.paging.calendars.models import CalendarLink


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


def signing_secret(channel_uid: str) -> str:
    """What signs a webhook channel's messages; its receiver was shown it once."""
    return f"rbw_{derived('paging.webhook', channel_uid)}"
