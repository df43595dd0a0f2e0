"""The verbs of the status page: opt a service in, plan maintenance, subscribe, confirm, unsubscribe."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError
from django.utils.crypto import constant_time_compare

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place, Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.derived import derived
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.incidents.models import Component, Maintenance, Subscriber
from roadbed.reliability.incidents.rules import checked_note, checked_short, checked_title
from roadbed.reliability.incidents.status import rules

CONFIRM: Final = "incidents.status.confirm"
FORGOTTEN_AFTER: Final = timedelta(days=2)
"""An address that nobody confirmed is forgotten."""
ASKED_AGAIN_AFTER: Final = timedelta(hours=1)
MOST_WAITING: Final = 2000
"""So many mails may be set off by strangers in two days, and one an hour to the same address."""


def show_component(
    caller: Caller, service: str, *, name: str, description: str = "", position: int = 0, now: datetime
) -> str:
    """Put a service on the public page under a name for the public, or change that; answers the component's uid.

    Raises:
        Conflict: when another component has the name.
    """
    known = catalog.require_service(service)
    authorise(caller, "status.write", team=known.owner)
    said = checked_short(name, "name", longest=80)
    about = checked_short(description, "description") if description.strip() else ""
    if not 0 <= position <= 10_000:  # noqa: PLR2004 - an order, not a quantity
        raise Invalid("The position is a number from 0 to 10000.", place=Place(field="position"))
    try:
        with unit(caller, now=now) as writing:
            values = {"service_name": known.name, "name": said, "description": about, "position": position}
            row, _ = Component.objects.update_or_create(service_uid=known.uid, defaults=values)
            data = {"service": known.name, "name": said, "shown": True}
            writing.record("status.component.changed", known.uid, data=data)
            return row.uid
    except IntegrityError:
        raise Conflict(
            f"Another component is called {said}.", remedy="Give it another name.", place=Place(field="name")
        ) from None


def hide_component(caller: Caller, service: str, *, now: datetime) -> None:
    """Take a service off the public page."""
    known = catalog.require_service(service)
    authorise(caller, "status.write", team=known.owner)
    with unit(caller, now=now) as writing:
        if Component.objects.filter(service_uid=known.uid).delete()[0]:
            data = {"service": known.name, "shown": False}
            writing.record("status.component.changed", known.uid, data=data)


def plan_maintenance(
    caller: Caller,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    services: tuple[str, ...],
    text: str = "",
    now: datetime,
) -> str:
    """Tell of planned work on some components beforehand; answers its uid.

    Raises:
        Invalid: for a service that is not on the page, or a window that is past or reversed.
    """
    rules.checked_window(starts_at, ends_at, now=now)
    said, about = checked_title(title), checked_note(text) if text.strip() else ""
    known = [catalog.require_service(one) for one in services]
    for one in known:
        authorise(caller, "status.write", team=one.owner)
    authorise(caller, "status.write")
    rows = {row.service_uid: row.uid for row in Component.objects.filter(service_uid__in=[one.uid for one in known])}
    missing = [one.name for one in known if one.uid not in rows]
    if missing or not known:
        what = f"{missing[0]} is not on the status page." if missing else "No service is named."
        raise Invalid(
            what, remedy="`roadbed statuspage show SERVICE NAME` puts it there.", place=Place(field="services")
        )
    with unit(caller, now=now) as writing:
        row = Maintenance.objects.create(
            title=said, text=about, components=list(rows.values()), starts_at=starts_at, ends_at=ends_at,
            created_at=now,
        )  # fmt: skip
        data = {"title": said, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
        writing.record("maintenance.planned", row.uid, data=data | {"services": [one.name for one in known]})
        return row.uid


def cancel_maintenance(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take planned work back.

    Raises:
        NotFound: when there is none of that name, or it was taken back.
    """
    authorise(caller, "status.write")
    with unit(caller, now=now) as writing:
        if not Maintenance.objects.filter(uid=uid, cancelled_at=None).update(cancelled_at=now):
            raise NotFound(f"There is no maintenance {uid[:40]}.", remedy="`roadbed statuspage list` names them.")
        writing.record("maintenance.cancelled", uid)


def subscribe(email: str, *, now: datetime) -> None:
    """Ask an address whether it wants updates. The answer is the same whatever is known of it."""
    address = rules.checked_email(email)
    with unit(ROADBED, now=now):
        # Asked for and never confirmed is forgotten, so that nobody's address is kept for somebody else's joke.
        waiting = Subscriber.objects.filter(confirmed_at=None)
        waiting.filter(asked_at__lt=now - FORGOTTEN_AFTER).delete()
        if waiting.count() >= MOST_WAITING:
            raise Unavailable(
                "Too many addresses wait to be confirmed.", remedy="Try again tomorrow, or read the feed."
            )
        row, made = Subscriber.objects.get_or_create(email=address, defaults={"asked_at": now})
        if row.confirmed_at is None and (made or row.asked_at < now - ASKED_AGAIN_AFTER):
            row.asked_at = now
            row.save()
            enqueue(CONFIRM, {"subscriber": row.uid}, key=f"{CONFIRM}:{row.uid}", now=now)


def confirm(uid: str, secret: str, *, now: datetime) -> None:
    """Begin to send. Raises NotFound for a link that leads nowhere."""
    with unit(ROADBED, now=now):
        row = subscriber_of(uid, secret)
        if row.confirmed_at is None:
            row.confirmed_at = now
            row.save()


def unsubscribe(uid: str, secret: str, *, now: datetime) -> None:
    """Forget the address at once. Doing it again is no fault."""
    with unit(ROADBED, now=now):
        if constant_time_compare(secret, secret_of(uid)):
            Subscriber.objects.filter(uid=uid).delete()


def subscriber_of(uid: str, secret: str) -> Subscriber:
    """Whose link it is.

    Raises:
        NotFound: when the link is not one of ours, or the address was forgotten.
    """
    row = Subscriber.objects.filter(uid=uid).first() if constant_time_compare(secret, secret_of(uid)) else None
    if row is None:
        raise NotFound("This link leads nowhere, or not any more.", remedy="Subscribe again on the status page.")
    return row


def secret_of(uid: str) -> str:
    """What proves that somebody reads a subscriber's mail."""
    return derived("status.subscriber", uid)
