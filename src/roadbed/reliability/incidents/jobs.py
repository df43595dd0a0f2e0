"""Background work of incidents: what pages and other systems set off, mail to stakeholders, the status page's copy."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from roadbed.ground.jobs.registry import Abandon, job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ports.notifier import NotDelivered
from roadbed.reliability.incidents import chatting, external, reacting, telling
from roadbed.reliability.incidents.models import Component, Incident
from roadbed.reliability.incidents.status import copies, mailing
from roadbed.reliability.incidents.status.usecases import CONFIRM

OPENED: Final = Reaction(name="incidents.open", kinds=frozenset({"alert.opened"}), job="incidents.open")
CLOSED: Final = Reaction(name="incidents.close", kinds=frozenset({"alert.closed"}), job="incidents.close")
LED: Final = Reaction(name="incidents.lead", kinds=frozenset({"page.acknowledged"}), job="incidents.lead")
TOLD: Final = Reaction(name="incidents.external", kinds=external.KINDS, job="incidents.external")
RETRIES: Final = (5.0, 30.0, 120.0, 600.0, 1800.0)


@job("incidents.open", attempts=8, backoff=(0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0))
def open_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Open an incident for an alert."""
    reacting.alert_opened(_fact(payload), now=timezone.now())


@job("incidents.close")
def close_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Note that an alert is over."""
    reacting.alert_closed(_fact(payload), now=timezone.now())


@job("incidents.lead")
def lead_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Let who acknowledged lead."""
    reacting.acknowledged(_fact(payload), now=timezone.now())


@job("incidents.external", attempts=8, backoff=(0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0))
def take_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Keep what another system told of an incident."""
    if _fact(payload).data.get("external") is True:
        external.take(payload["subject"], now=timezone.now())


@job(telling.SEND, attempts=6, backoff=RETRIES, time_limit=3600.0)
def mail_update(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Mail an update to who follows and who subscribed."""
    mailing.send_update(payload["update"], now=timezone.now(), clock=timezone.now)


@job(CONFIRM, attempts=4, backoff=RETRIES)
def mail_confirmation(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Ask an address whether it wants updates."""
    try:
        mailing.send_confirmation(payload["subscriber"])
    except NotDelivered as fault:
        if fault.permanent:
            raise Abandon(fault.reason) from fault
        raise


def _late_updates(now: datetime) -> QuerySet[Incident]:
    due = Incident.objects.filter(next_update_at__lte=now, reminded_at=None)
    return due.exclude(status=Incident.RESOLVED)


@job("incidents.remind", attempts=1, every=30.0, wanted=_late_updates)
def remind(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Remind of updates that stakeholders wait for."""
    telling.remind(now=timezone.now())


@job("incidents.remind.mail", attempts=4, backoff=RETRIES)
def mail_reminder(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Mail such a reminder to whoever communicates."""
    mailing.send_reminder(payload["incident"], payload["at"], now=timezone.now(), clock=timezone.now)


@job("incidents.status.copy", attempts=1, every=60.0, wanted=lambda _: Component.objects.all())
def keep_copy(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Write the status page's last state to disk."""
    copies.keep(now=timezone.now())


@job(chatting.OPEN, attempts=6, backoff=RETRIES)
def open_room(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Open the chat room of an incident and bring in who has a role."""
    chatting.open_now(payload["incident"], now=timezone.now())


@job(chatting.SAY, attempts=6, backoff=RETRIES)
def say_in_room(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Tell the room what people outside were told."""
    chatting.say_now(payload["incident"], payload["text"], payload["key"])


@job(chatting.CLOSE, attempts=4, backoff=RETRIES)
def close_room(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Put the room into the archive."""
    chatting.close_now(payload["incident"], now=timezone.now())


def _fact(payload: dict[str, Any]) -> FactView:
    found = ledger.fact(payload["fact"])
    if found is None:
        raise Abandon(f"there is no fact {payload['fact']}")
    return found
