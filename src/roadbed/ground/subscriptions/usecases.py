"""The verbs of subscriptions: make, change, pause, resume, rotate the secret, remove."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.queries import last_position
from roadbed.ground.ledger.rules import KINDS
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.addresses import REMEDY
from roadbed.ground.subscriptions.models import Delivery, Subscription, new_uid
from roadbed.ground.subscriptions.queries import VERB, row_of
from roadbed.ground.subscriptions.rules import patterns
from roadbed.ground.subscriptions.rules.envelopes import FORMATS
from roadbed.ground.subscriptions.secrets import secret_of

MOST: Final = 200
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
ENVIRONMENT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LONGEST_OVERLAP: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be sent, as it was given."""

    name: str
    url: str
    kinds: tuple[str, ...]
    form: str = "roadbed"
    environment: str = ""
    service: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A subscription with the secret that signs from now on, shown this once."""

    uid: str
    secret: str


def subscribe(caller: Caller, wish: Wish, *, now: datetime) -> Signed:
    """Make a subscription. It is sent what happens from now on, never what has happened."""
    authorise(caller, VERB)
    values = _checked(wish)
    with unit(caller, now=now) as writing:
        if Subscription.objects.filter(removed_at=None).count() >= MOST:
            raise Conflict(f"There are {MOST} subscriptions already.", remedy="Remove one first.")
        with _named_once(wish.name):
            row = Subscription.objects.create(
                uid=new_uid(), position=last_position(), created_at=now, created_by=caller.name[:160], **values
            )
        _record(writing, row, "made")
    return Signed(uid=row.uid, secret=secret_of(row))


def change(caller: Caller, reference: str, wish: Wish, *, now: datetime) -> None:
    """Change what is asked for or where it goes; the secret and how far it has read stay."""
    authorise(caller, VERB)
    values = _checked(wish)
    with unit(caller, now=now) as writing:
        row = row_of(reference, lock=True)
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        if row.url != values["url"]:
            # Another receiver is owed no patience for the troubles of the former one.
            values |= {"failures": 0, "failing_since": None, "quiet_until": None}
        with _named_once(wish.name):
            Subscription.objects.filter(pk=row.pk).update(**values)
        row.refresh_from_db()
        _record(writing, row, "changed")


def pause(caller: Caller, reference: str, *, reason: str = "", now: datetime) -> None:
    """Send nothing until it is resumed. What happens meanwhile stays in the ledger and goes out then."""
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = row_of(reference, lock=True)
        if row.state != Subscription.PAUSED:
            paused(writing, row, reason=" ".join(reason.split())[:400])


def paused(writing: Unit, row: Subscription, *, reason: str) -> None:
    """Pause inside an open unit; the sender does it too, when a receiver is gone."""
    row.state, row.paused_at, row.paused_by, row.paused_for = (
        Subscription.PAUSED,
        writing.now,
        writing.caller.name[:160],
        reason[:400],
    )
    row.save(update_fields=["state", "paused_at", "paused_by", "paused_for"])
    _record(writing, row, "paused", reason=reason)


def resume(caller: Caller, reference: str, *, skip: bool = False, now: datetime) -> None:
    """Send again, beginning with what waited; with `skip` only what happens from now on."""
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = row_of(reference, lock=True)
        if row.state == Subscription.ACTIVE:
            return
        values: dict[str, object] = {"position": last_position()} if skip else {}
        waiting = Delivery.objects.filter(subscription=row, state=Delivery.WAITING)
        if skip:
            waiting.update(state=Delivery.FAILED, ended_at=now, reason="Skipped when the subscription was resumed.")
        else:
            # Three days count anew: the receiver was not asked while nothing was sent.
            waiting.update(next_at=now, first_try_at=None)
        Subscription.objects.filter(pk=row.pk).update(
            state=Subscription.ACTIVE, paused_at=None, paused_by="", paused_for="",
            failures=0, failing_since=None, quiet_until=None, **values,
        )  # fmt: skip
        _record(writing, row, "resumed", skipped=skip)


def rotate(caller: Caller, reference: str, *, overlap: timedelta, now: datetime) -> Signed:
    """Make a new secret; for the overlap every delivery is signed by the former one as well."""
    authorise(caller, VERB)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid(
            "An overlap lasts from nothing to 7 days.",
            remedy="0 ends the former secret at once.",
            place=Place(field="overlap_hours"),
        )
    with unit(caller, now=now) as writing:
        row = row_of(reference, lock=True)
        row.generation, row.former_until = row.generation + 1, now + overlap
        row.save(update_fields=["generation", "former_until"])
        _record(writing, row, "secret rotated", former_until=row.former_until.isoformat())
    return Signed(uid=row.uid, secret=secret_of(row))


def remove(caller: Caller, reference: str, *, now: datetime) -> None:
    """Remove it; what waits is not sent. Its log is deleted by the next tidying."""
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = row_of(reference, lock=True)
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _record(writing, row, "removed")


def _record(writing: Unit, row: Subscription, what: str, **more: object) -> None:
    # The address is not told: receivers put what opens their door into its path.
    data = {"subscription": row.uid, "name": row.name, "change": what, "format": row.form, "kinds": row.kinds, **more}
    writing.record("subscription.changed", row.uid, data=data)


@contextmanager
def _named_once(name: str) -> Iterator[None]:
    """Turns the database's word that a name is taken into ours."""
    try:
        with transaction.atomic(using="default"):
            yield
    except IntegrityError as fault:
        raise Conflict(
            f"There is a subscription {name} already.", remedy="Choose another name.", place=Place(field="name")
        ) from fault


def _checked(wish: Wish) -> dict[str, object]:
    if not NAME.fullmatch(wish.name):
        raise Invalid(
            f"{wish.name[:80]!r} is no name of a subscription.",
            remedy="Lower-case letters, digits and hyphens, 80 at most.",
            place=Place(field="name"),
        )
    if wish.form not in FORMATS:
        raise Invalid(
            f"{wish.form[:40]!r} is no format.", remedy=f"{' or '.join(FORMATS)}.", place=Place(field="format")
        )
    if wish.environment and not ENVIRONMENT.fullmatch(wish.environment):
        raise Invalid(f"{wish.environment[:60]!r} is no environment.", place=Place(field="environment"))
    service = require_service(wish.service) if wish.service else None
    if wish.team and wish.team not in {team.name for team in teams()}:
        raise Invalid(
            f"There is no team {wish.team[:63]!r}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
        )
    kinds = patterns.checked(wish.kinds, KINDS)
    # Last, because it asks the network for the name.
    if fault := board.addresses().fault_of(wish.url):
        raise Invalid(fault, remedy=REMEDY, place=Place(field="url"))
    return {
        "name": wish.name,
        "url": wish.url,
        "form": wish.form,
        "kinds": list(kinds),
        "environment": wish.environment,
        "service_uid": service.uid if service else "",
        "service": service.name if service else "",
        "team": wish.team,
    }
