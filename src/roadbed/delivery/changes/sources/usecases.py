"""The verbs of sources: add, change, rotate the secret, archive, restore, read again what could not be read."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from roadbed.delivery.changes.models import Source, new_uid
from roadbed.delivery.changes.sources import rules
from roadbed.ground import asks
from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.ledger import inbox
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise

VERB: Final = "source.write"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A source with the secret that proves its deliveries from now on, shown this once."""

    name: str
    secret: str


def add(
    caller: Caller,
    kind: str,
    name: str,
    *,
    deploys: Sequence[str] = (),
    environment: str = "production",
    secret: str = "",
    now: datetime,
) -> Opened:
    """Open a door for a sender. Its secret is made here, unless the sender insists on one of its own."""
    authorise(caller, VERB)
    kind, name = rules.checked_kind(kind), rules.checked_name(name)
    patterns, environment = rules.checked_patterns(deploys), rules.checked_environment(environment)
    secret = rules.checked_secret(secret) if secret else _made(kind)
    uid = new_uid()
    sealed = asks.put(asks.Seal(secret, belongs=place_of(uid, 1)))
    with unit(caller, now=now) as writing:
        if Source.objects.filter(archived_at=None).count() >= MOST:
            raise Conflict(f"There are {MOST} sources already.", remedy="Archive one first.")
        try:
            with transaction.atomic(using="default"):
                row = Source.objects.create(
                    uid=uid, name=name, kind=kind, sealed=sealed, deploys=patterns, environment=environment,
                    created_at=now, created_by=caller.name[:160],
                )  # fmt: skip
        except IntegrityError as fault:
            raise Conflict(
                f"There is a source {name} already, or was one.",
                remedy=f"Choose another name, or `roadbed source restore {name}`.",
                place=Place(field="name"),
            ) from fault
        _record(writing, row, "added")
    return Opened(name=name, secret=secret)


def _made(kind: str) -> str:
    raw = secrets.token_bytes(32)
    # GitLab signs with what stands after whsec_, and sends the same text whole as its token.
    return f"whsec_{base64.b64encode(raw).decode()}" if kind == "gitlab" else f"rbi_{secrets.token_urlsafe(32)}"


def place_of(uid: str, generation: int) -> str:
    """Where a sealed secret belongs, so that one moved to another row opens nothing."""
    return f"source:{uid}:{generation}"


def change(caller: Caller, name: str, *, deploys: Sequence[str], environment: str, now: datetime) -> None:
    """Change which pipelines deploy, and where to. What was read before stays as it was read."""
    authorise(caller, VERB)
    patterns, environment = rules.checked_patterns(deploys), rules.checked_environment(environment)
    with unit(caller, now=now) as writing:
        row = _locked(name)
        if (row.deploys, row.environment) == (patterns, environment):
            return
        row.deploys, row.environment = patterns, environment
        row.save(update_fields=["deploys", "environment"])
        _record(writing, row, "changed")


def rotate(caller: Caller, name: str, *, overlap: timedelta, secret: str = "", now: datetime) -> Opened:
    """Make a new secret; for the overlap the former one opens the door as well."""
    authorise(caller, VERB)
    overlap = rules.checked_overlap(overlap)
    with unit(caller, now=now) as writing:
        row = _locked(name)
        secret = rules.checked_secret(secret) if secret else _made(row.kind)
        row.former_sealed, row.former_until = row.sealed, now + overlap
        row.generation += 1
        row.sealed = asks.put(asks.Seal(secret, belongs=place_of(row.uid, row.generation)))
        row.save(update_fields=["former_sealed", "former_until", "generation", "sealed"])
        _record(writing, row, "secret rotated", former_until=row.former_until.isoformat())
    return Opened(name=row.name, secret=secret)


def archive(caller: Caller, name: str, *, now: datetime) -> None:
    """Close the door. What came through it stays, and so does the name."""
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = _locked(name)
        if row.archived_at is None:
            row.archived_at = now
            row.save(update_fields=["archived_at"])
            _record(writing, row, "archived")


def restore(caller: Caller, name: str, *, now: datetime) -> None:
    """Open the door again, with the secret that it had."""
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = _locked(name)
        if row.archived_at is not None:
            row.archived_at = None
            row.save(update_fields=["archived_at"])
            _record(writing, row, "restored")


def read_again(caller: Caller, name: str) -> int:
    """Have all that could not be read of a source read again, as after a service was registered; answers how many."""
    authorise(caller, VERB)
    row = require(name)
    return inbox.replay_failed(caller, source_of(row))


def require(name: str) -> Source:
    """The row.

    Raises:
        NotFound: naming how to find what there is.
    """
    row = Source.objects.filter(name=name).first()
    if row is None:
        raise NotFound(
            f"There is no source {name[:60]}.",
            remedy="`roadbed source list` shows what there is; `roadbed source add` makes one.",
            place=Place(field="name"),
        )
    return row


def _locked(name: str) -> Source:
    require(name)
    return Source.objects.select_for_update().get(name=name)


def source_of(row: Source) -> str:
    """How the inbox calls it."""
    return f"{row.kind}:{row.name}"


def _record(writing: Unit, row: Source, what: str, **more: object) -> None:
    data = {"source": row.uid, "name": row.name, "kind": row.kind, "change": what, "deploys": row.deploys, **more}
    writing.record("source.changed", row.uid, data=data)
