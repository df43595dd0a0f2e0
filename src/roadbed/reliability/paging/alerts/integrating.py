"""The verbs of integrations: add, change, rotate the key, archive, restore, read again what could not be read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger import inbox
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.queries import digest
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.alerts import signing
from roadbed.reliability.paging.alerts.models import Integration
from roadbed.reliability.paging.rules.alerts import mapping as mappings
from roadbed.reliability.paging.rules.alerts.values import (
    CLOUDWATCH,
    ERROR,
    JSON,
    KINDS,
    PAGERDUTY,
    SEVERITIES,
    WARNING,
)

VERB: Final = "alerts.write"
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")
MOST: Final = 500
SOURCE: Final = "alerts"
LONGEST: Final = 31 * 86_400
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Opened:
    """An integration with the key that opens it, shown this once."""

    name: str
    key: str


def add(
    caller: Caller,
    kind: str,
    name: str,
    *,
    team: str = "",
    service: str = "",
    settings: Mapping[str, Any] | None = None,
    now: datetime,
) -> Opened:
    """Open a door for a monitoring system, for a service or for a team.

    Args:
        caller: a member of that team, or an administrator.
        kind: one of KINDS.
        name: lower-case letters, digits and hyphens; it stands in lists and in reasons.
        team: who is paged about what is of no service in the catalogue.
        service: the service that everything of it is about; then labels are not asked.
        settings: pages_at, quiet_seconds, silent_seconds, mapping, certificate; each may be left out.
        now: the instant.

    Raises:
        Invalid: naming the field at fault.
        Conflict: for a name that is taken.
    """
    owner, row = _checked(kind, name, team, service)
    authorise(caller, VERB, team=owner)
    row.pages_at = WARNING if kind == PAGERDUTY else ERROR
    _set(row, settings or {})
    key = secrets.token_hex(16)
    row.digest, row.hint, row.created_at, row.created_by = digest(key), key[:4], now, caller.name[:160]
    with unit(caller, now=now) as writing:
        if Integration.objects.filter(archived_at=None).count() >= MOST:
            raise Conflict(f"There are {MOST} integrations already.", remedy="Archive one first.")
        try:
            with transaction.atomic(using="default"):
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise Conflict(
                f"There is an integration {name} already, or was one.",
                remedy=f"Choose another name, or `roadbed alerts integration restore {name}`.",
                place=Place(field="name"),
            ) from fault
        _record(writing, row, "added")
    return Opened(row.name, key)


def _checked(kind: str, name: str, team: str, service: str) -> tuple[str, Integration]:
    if kind not in KINDS:
        raise Invalid(
            f"{kind[:40]!r} is no kind of integration.", remedy=f"{', '.join(KINDS)}.", place=Place(field="kind")
        )
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name[:60]!r} is no name for an integration.",
            remedy="Use lower-case letters, digits and hyphens, 50 at most.",
            place=Place(field="name"),
        )
    if bool(team) is bool(service):
        raise Invalid(
            "An integration is for a team or for a service, one of them.",
            remedy="Name the team that is paged about what is of no service, or the one service that it is about.",
            place=Place(field="team"),
        )
    if service:
        found = catalog.require_service(service)
        return found.owner, Integration(kind=kind, name=name, service_uid=found.uid)
    row = Team.objects.filter(name__iexact=team, archived_at=None).first()
    if row is None:
        raise NotFound(
            f"There is no team {team[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
        )
    return row.name, Integration(kind=kind, name=name, team=row)


def _set(row: Integration, settings: Mapping[str, Any]) -> None:
    if "pages_at" in settings:
        if settings["pages_at"] not in SEVERITIES:
            names = ", ".join(f"{number} {word}" for number, word in SEVERITIES.items())
            raise Invalid(
                f"{settings['pages_at']} is no severity.", remedy=f"One of {names}.", place=Place(field="pages_at")
            )
        row.pages_at = settings["pages_at"]
    for name in ("quiet_seconds", "silent_seconds"):
        if name in settings:
            setattr(row, name, _seconds(settings[name], name))
    if "mapping" in settings or row.kind == JSON:
        given = settings.get("mapping", row.mapping)
        if row.kind != JSON and given:
            raise Invalid(f"{KINDS[row.kind]} needs no mapping.", remedy="Leave it out.", place=Place(field="mapping"))
        row.mapping = mappings.checked(given) if row.kind == JSON else {}
    if settings.get("certificate"):
        if row.kind != CLOUDWATCH:
            raise Invalid(
                "Only messages of Amazon SNS are signed.", remedy="Leave it out.", place=Place(field="certificate")
            )
        signing.checked(settings["certificate"])
    if "certificate" in settings:
        row.certificate = settings["certificate"].strip()


def _seconds(said: int | None, name: str) -> int | None:
    if said is None or said == 0:
        return None
    if not 60 <= said <= LONGEST:  # noqa: PLR2004 - a minute
        raise Invalid(f"{name} is {said}.", remedy=f"60 to {LONGEST}, or 0 for none.", place=Place(field=name))
    return said


def change(caller: Caller, name: str, *, settings: Mapping[str, Any], now: datetime) -> None:
    """Change what an integration does with what comes; what came before stays as it was decided."""
    row = require(name)
    authorise(caller, VERB, team=team_of(row))
    with unit(caller, now=now) as writing:
        row = _locked(name)
        _set(row, settings)
        row.save()
        _record(writing, row, "changed")


def rotate(caller: Caller, name: str, *, overlap: timedelta, now: datetime) -> Opened:
    """Make a new key; for the overlap the former one opens the door as well."""
    row = require(name)
    authorise(caller, VERB, team=team_of(row))
    if not timedelta(0) <= overlap <= KEPT:
        raise Invalid("Both keys are open for 0 to 168 h.", remedy="24 is usual.", place=Place(field="overlap_hours"))
    key = secrets.token_hex(16)
    with unit(caller, now=now) as writing:
        row = _locked(name)
        row.former_digest, row.former_until = row.digest, now + overlap
        row.digest, row.hint = digest(key), key[:4]
        row.save()
        _record(writing, row, "key rotated")
    return Opened(row.name, key)


def archive(caller: Caller, name: str, *, now: datetime) -> None:
    """Close the door. What came through it stays."""
    _close(caller, name, closed=True, now=now)


def restore(caller: Caller, name: str, *, now: datetime) -> None:
    """Open it again, with the key that it had."""
    _close(caller, name, closed=False, now=now)


def _close(caller: Caller, name: str, *, closed: bool, now: datetime) -> None:
    authorise(caller, VERB, team=team_of(require(name)))
    with unit(caller, now=now) as writing:
        row = _locked(name)
        if (row.archived_at is not None) is not closed:
            row.archived_at = now if closed else None
            row.save(update_fields=["archived_at"])
            _record(writing, row, "archived" if closed else "restored")


def read_again(caller: Caller, name: str) -> int:
    """Have everything that could not be read of an integration read again; answers how many deliveries."""
    row = require(name)
    authorise(caller, VERB, team=team_of(row))
    return inbox.replay_failed(caller, source_of(row.name))


def require(name: str) -> Integration:
    """The row.

    Raises:
        NotFound: naming how to find what there is.
    """
    row = Integration.objects.select_related("team").filter(name=name).first()
    if row is None:
        raise NotFound(
            f"There is no integration {name[:60]}.",
            remedy="`roadbed alerts integration list` shows them; `new` makes one.",
            place=Place(field="name"),
        )
    return row


def _locked(name: str) -> Integration:
    return Integration.objects.select_for_update(of=("self",)).select_related("team").get(name=name)


def team_of(row: Integration) -> str:
    """The team that an integration belongs to; of a service its owner, as long as there is one."""
    if row.team is not None:
        return row.team.name
    found = catalog.service(row.service_uid)
    return found.owner if found else ""


def source_of(name: str) -> str:
    """How the inbox calls it."""
    return f"{SOURCE}:{name}"


def _record(writing: Unit, row: Integration, what: str) -> None:
    data = {
        "integration": row.uid, "name": row.name, "kind": row.kind, "change": what, "pages_at": row.pages_at,
        "team": row.team.name if row.team else "", "service_uid": row.service_uid,
    }  # fmt: skip
    writing.record("integration.changed", row.uid, data=data)
