"""The verbs of incidents: open, join, note, change, assign, roll back, mitigate, resolve."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import queries, rules
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.opening import Opening, create, held_by, held_by_now

PRODUCTION: Final = "production"
LONGEST_REASON: Final = 2000


def open_by_hand(
    caller: Caller,
    service: str,
    *,
    title: str,
    severity: int = 2,
    environment: str = PRODUCTION,
    started_at: datetime | None = None,
    now: datetime,
) -> str:
    """Open an incident that somebody saw; answers its uid. Without a start, harm began now.

    Raises:
        Conflict: when one is open on the service already, by name.
    """
    authorise(caller, "incident.write")
    known = catalog.require_service(service)
    opening = Opening(
        service_uid=known.uid,
        service=known.name,
        owner=known.owner,
        environment=_environment(environment),
        title=rules.checked_title(title),
        severity=rules.checked_severity(severity),
        started_at=rules.checked_start(started_at or now, now=now),
        detected_at=now,
    )
    try:
        with unit(caller, now=now) as writing:
            row = held_by(known.uid, opening.environment)
            if row is None:
                return create(writing, opening).uid
    except IntegrityError:
        # PostgreSQL lets two look at once; the constraint lets one of them open it.
        row = held_by_now(known.uid, opening.environment)
        if row is None:
            raise
    name = rules.name_of(row.number)
    raise Conflict(
        f"{name} is open on {known.name} already: {row.title}.",
        remedy=f"Write to it: `roadbed incident note {name} TEXT`.",
        place=Place(field="service"),
    )


def _environment(environment: str) -> str:
    if not environment or len(environment) > 40 or not environment.replace("-", "").isalnum():  # noqa: PLR2004
        raise Invalid(
            f"{environment[:40]!r} is not an environment.",
            remedy="A name such as production.",
            place=Place(field="environment"),
        )
    return environment


def note(caller: Caller, reference: str, *, text: str, now: datetime) -> None:
    """Write to the timeline; also after the end, for what was found later."""
    authorise(caller, "incident.write")
    said = rules.checked_note(text)
    with unit(caller, now=now) as writing:
        row = queries.row_of(reference)
        _record(writing, row, "incident.noted", {"text": said})


def change(
    caller: Caller,
    reference: str,
    *,
    title: str | None = None,
    severity: int | None = None,
    started_at: datetime | None = None,
    now: datetime,
) -> None:
    """Say better what it is: its title, its severity, when harm began. What is None stays."""
    authorise(caller, "incident.write")
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        if title is not None and (better := rules.checked_title(title)) != row.title:
            _told(writing, row, "title", f"Called “{better}”, formerly “{row.title}”")
            row.title = better
        if severity is not None and rules.checked_severity(severity) != row.severity:
            word = "raised" if severity < row.severity else "lowered"
            said = f"Severity {word} from {row.severity} to {severity} by {caller.name}"
            _told(writing, row, "severity", said, {"severity": severity, "former": row.severity})
            row.severity = severity
        if started_at is not None and rules.checked_start(started_at, now=now) != row.started_at:
            said = f"Harm began at {started_at.isoformat(timespec='minutes')}, says {caller.name}"
            _told(writing, row, "started_at", said, {"started_at": started_at.isoformat()})
            row.started_at = started_at
        row.save()


def assign(caller: Caller, reference: str, *, role: str, person: str, now: datetime) -> None:
    """Give a role to a person, by mail address, uid or name; an empty name takes it away."""
    authorise(caller, "incident.write")
    role = rules.checked_role(role)
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        roles = {name: held for name, held in row.roles.items() if name != role}
        word = rules.ROLES[role]
        if wanted := person.replace("\x00", "").strip():
            found = _person(wanted)
            roles[role] = {"uid": found.uid, "name": found.name}
            _told(writing, row, "role", f"{word}: {found.name}", {"role": role, "person": found.uid})
        else:
            _told(writing, row, "role", f"{word}: nobody", {"role": role, "person": ""})
        row.roles = roles
        row.save()


def _person(said: str) -> Person:
    rows = Person.objects.filter(is_active=True)
    found = list(rows.filter(email__iexact=said)[:1]) or list(rows.filter(uid=said)[:1])
    found = found or list(rows.filter(name__iexact=said)[:2])
    if len(found) != 1:
        raise NotFound(
            f"{'Several people are' if found else 'Nobody is'} called {said[:80]!r}.",
            remedy="Give their mail address; `roadbed people list` shows it.",
            place=Place(field="person"),
        )
    return found[0]


def roll_back(caller: Caller, reference: str, *, reason: str = "", now: datetime) -> str:
    """Bring the service's last good release back; answers the uid of the rollback that now runs."""
    authorise(caller, "incident.write")
    row = queries.row_of(reference)
    if row.status == Incident.RESOLVED:
        name = rules.name_of(row.number)
        remedy = f"Roll back on its own: `roadbed rollback {row.service_name}`."
        raise Conflict(f"{name} is resolved.", remedy=remedy)
    name = rules.name_of(row.number)
    said = reason.replace("\x00", "").strip() or row.title
    why = f"{name}: {said}"[:LONGEST_REASON]
    wanted = asks.RollBack(row.service_uid, row.environment, why, caller, now)
    deployment = asks.put(wanted)
    with unit(caller, now=now) as writing:
        _told(writing, row, "rollback", f"{caller.name} asked for a rollback", {"deployment": deployment})
    return deployment


def mitigate(caller: Caller, reference: str, *, at: datetime | None = None, now: datetime) -> None:
    """Say that customers are no longer harmed, while the incident stays open until it is understood.

    Raises:
        Conflict: when it is resolved.
    """
    authorise(caller, "incident.write")
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        if row.status == Incident.RESOLVED:
            raise Conflict(f"{rules.name_of(row.number)} is resolved.", remedy="Nothing is left to mitigate.")
        ended = _ended(row, at or now, now=now)
        if row.status == Incident.MITIGATED and row.mitigated_at == ended:
            return
        row.status, row.mitigated_at = Incident.MITIGATED, ended
        row.save()
        _told(writing, row, "mitigated", f"{caller.name}: customers are no longer harmed", {"at": ended.isoformat()})


def resolve(
    caller: Caller, reference: str, *, summary: str = "", cause_deployment: str | None = None, now: datetime
) -> None:
    """End it; a review is drafted. The cause stays the first suspect unless another deployment, or none (""), is named.

    Resolving what is resolved changes nothing.
    """
    authorise(caller, "incident.write")
    said = rules.checked_note(summary) if summary.strip() else ""
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        if row.status == Incident.RESOLVED:
            return
        if cause_deployment is not None:
            row.cause_deployment = cause_deployment.replace("\x00", "").strip()[:64]
        row.status, row.resolved_at = Incident.RESOLVED, now
        row.save()
        data = {
            "service_uid": row.service_uid,
            "resolved_at": now.isoformat(),
            "cause_deployment": row.cause_deployment,
            "incident": row.number,
            "service": row.service_name,
            "environment": row.environment,
            "severity": row.severity,
            "started_at": row.started_at.isoformat(),
            "mitigated_at": row.mitigated_at.isoformat() if row.mitigated_at else None,
            "summary": said,
        }
        writing.record(
            "incident.resolved",
            row.uid,
            environment=row.environment,
            source_id=f"incident:{row.uid}:resolved",
            data=data,
        )


def _ended(row: Incident, at: datetime, *, now: datetime) -> datetime:
    if not row.started_at <= at <= now:
        raise Invalid(
            f"Harm cannot end at {at.isoformat()}: it began at {row.started_at.isoformat()}.",
            remedy="Give an instant between its beginning and now.",
            place=Place(field="at"),
        )
    return at


def _locked(reference: str) -> Incident:
    return Incident.objects.select_for_update().get(pk=queries.row_of(reference).pk)


def _told(writing: Unit, row: Incident, what: str, text: str, data: dict[str, Any] | None = None) -> None:
    _record(writing, row, "incident.changed", {"what": what, "text": text, **(data or {})})


def _record(writing: Unit, row: Incident, kind: str, data: dict[str, Any]) -> None:
    known = {"incident": row.number, "service_uid": row.service_uid, "service": row.service_name}
    writing.record(kind, row.uid, environment=row.environment, data=known | data)
