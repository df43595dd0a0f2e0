"""The verbs of incidents: declare, note, change, move through its stages, roll back, end, open again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import rules, severities
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.opening import Opening, add_services, create, detected, held_by, held_by_now
from roadbed.reliability.incidents.roles import assign
from roadbed.reliability.incidents.rules.updates import next_update
from roadbed.reliability.incidents.seeing import PRIVATE_TITLE, row_of
from roadbed.reliability.incidents.writing import Editing, editing, record

__all__ = ["assign", "change", "mitigate", "move", "note", "open_by_hand", "reopen", "resolve", "roll_back"]
PRODUCTION: Final = "production"
LONGEST_REASON: Final = 2000
MOST_SERVICES: Final = 50


def open_by_hand(
    caller: Caller,
    service: str,
    *,
    title: str,
    severity: int = 2,
    environment: str = PRODUCTION,
    started_at: datetime | None = None,
    further: tuple[str, ...] = (),
    private: bool = False,
    now: datetime,
) -> str:
    """Declare an incident that somebody saw; answers its uid. Without a start, harm began now.

    Raises:
        Conflict: when one is open on the service already, by name.
    """
    authorise(caller, "incident.write")
    known = catalog.require_service(service)
    if len(further) > MOST_SERVICES:
        raise Invalid(f"{len(further)} services are too many.", remedy=f"At most {MOST_SERVICES}.", place=_SERVICES)
    opening = Opening(
        service_uid=known.uid,
        service=known.name,
        owner=known.owner,
        environment=_environment(environment),
        title=rules.checked_title(title),
        severity=rules.checked_severity(severity),
        started_at=rules.checked_start(started_at or now, now=now),
        detected_at=now,
        further=tuple(catalog.require_service(one) for one in further),
        private=private,
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
    name, said = rules.name_of(row.number), PRIVATE_TITLE if row.private else row.title
    raise Conflict(
        f"{name} is open on {known.name} already: {said}.",
        remedy=f"Write to it: `roadbed incident note {name} TEXT`.",
        place=Place(field="service"),
    )


_SERVICES: Final = Place(field="further")


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
    with editing(caller, reference, now=now, counts=False) as edit:
        record(edit.writing, edit.row, "incident.noted", {"text": said})


def change(
    caller: Caller,
    reference: str,
    *,
    title: str | None = None,
    severity: int | None = None,
    started_at: datetime | None = None,
    services: tuple[str, ...] | None = None,
    version: int | None = None,
    now: datetime,
) -> None:
    """Say better what it is: its title, its severity, when harm began, what else it harms. What is None stays.

    `services` are all further services; those that are left out are harmed no longer.
    """
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if title is not None and (better := rules.checked_title(title)) != row.title:
            edit.told("title", f"Called “{better}”, formerly “{row.title}”")
            row.title = better
        if severity is not None and rules.checked_severity(severity) != row.severity:
            _weigh(edit, severity)
        if started_at is not None and rules.checked_start(started_at, now=now) != row.started_at:
            said = f"Harm began at {started_at.isoformat(timespec='minutes')}, says {caller.name}"
            former = row.times.get("started_at", {}).get("fact", "")
            uid = edit.told("started_at", said, started_at=started_at.isoformat(), supersedes=former)
            row.started_at = started_at
            row.times = row.times | {"started_at": {"by": caller.name, "evidence": "", "fact": uid}}
        if services is not None:
            _affect(edit, services)


def _weigh(edit: Editing, severity: int) -> None:
    row = edit.row
    word = "raised" if severity < row.severity else "lowered"
    said = f"Severity {word} from {row.severity} to {severity} by {edit.caller.name}"
    edit.told("severity", said, severity=severity, former=row.severity)
    row.severity = severity
    # A worse severity brings the next word nearer, a milder one never breaks the promise that was made.
    due = next_update(severities.minutes_of(severity), now=edit.now)
    row.next_update_at = min((at for at in (row.next_update_at, due) if at is not None), default=None)


def _affect(edit: Editing, services: tuple[str, ...]) -> None:
    row = edit.row
    if len(services) > MOST_SERVICES:
        raise Invalid(f"{len(services)} services are too many.", remedy=f"At most {MOST_SERVICES}.", place=_SERVICES)
    wanted = tuple(catalog.require_service(one) for one in services)
    if added := add_services(row, wanted):
        edit.told("services", f"It also harms {', '.join(added)}")
    gone = row.affected.exclude(service_uid__in=[one.uid for one in wanted])
    if names := list(gone.values_list("service_name", flat=True)):
        gone.delete()
        edit.told("services", f"It does not harm {', '.join(names)}")


def roll_back(caller: Caller, reference: str, *, reason: str = "", now: datetime) -> str:
    """Bring the service's last good release back; answers the uid of the rollback that now runs."""
    authorise(caller, "incident.write")
    row = row_of(reference, caller)
    name = rules.name_of(row.number)
    if row.status == Incident.RESOLVED:
        remedy = f"Roll back on its own: `roadbed rollback {row.service_name}`."
        raise Conflict(f"{name} is resolved.", remedy=remedy)
    said = reason.replace("\x00", "").strip() or ("" if row.private else row.title)
    why = f"{name}: {said}"[:LONGEST_REASON]
    deployment = asks.put(asks.RollBack(row.service_uid, row.environment, why, caller, now))
    with editing(caller, reference, now=now) as edit:
        edit.told("rollback", f"{caller.name} asked for a rollback", deployment=deployment)
    return deployment


def move(caller: Caller, reference: str, *, stage: str, version: int | None = None, now: datetime) -> None:
    """Say what is done about it now. Monitoring mitigates, resolved resolves, anything else opens it again."""
    stage = rules.checked_stage(stage)
    if stage == "resolved":
        return resolve(caller, reference, version=version, now=now)
    if stage == "monitoring":
        return mitigate(caller, reference, version=version, now=now)
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if row.status == Incident.RESOLVED:
            _open_again(edit, stage, "")
        elif row.stage != stage:
            if row.status == Incident.MITIGATED:
                row.mitigated_at = row.ended_at = None
                edit.told("alert", "Customers are harmed again", stage=stage)
            edit.told("stage", f"{stage.capitalize()}, formerly {row.stage}", stage=stage)
            row.status, row.stage = Incident.OPEN, stage
    return None


def mitigate(
    caller: Caller, reference: str, *, at: datetime | None = None, version: int | None = None, now: datetime
) -> None:
    """Say that customers are no longer harmed, while the incident stays open until it is understood.

    Raises:
        Conflict: when it is resolved.
    """
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if row.status == Incident.RESOLVED:
            raise Conflict(f"{edit.name} is resolved.", remedy="Nothing is left to mitigate.")
        ended = _ended(row, at or now, now=now)
        if row.status == Incident.MITIGATED and (at is None or row.mitigated_at == ended):
            return
        row.status, row.stage, row.mitigated_at = Incident.MITIGATED, "monitoring", ended
        edit.told("mitigated", f"{caller.name}: customers are no longer harmed", at=ended.isoformat())


def resolve(
    caller: Caller,
    reference: str,
    *,
    summary: str = "",
    cause_deployment: str | None = None,
    version: int | None = None,
    now: datetime,
) -> None:
    """End it; a review is drafted. The cause stays the first suspect unless another deployment, or none (""), is named.

    Resolving what is resolved changes nothing.
    """
    authorise(caller, "incident.write")
    said = rules.checked_note(summary) if summary.strip() else ""
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if row.status == Incident.RESOLVED:
            return
        if cause_deployment is not None:
            row.cause_deployment = cause_deployment.replace("\x00", "").strip()[:64]
        row.status, row.stage, row.resolved_at, row.next_update_at = Incident.RESOLVED, "resolved", now, None
        data = {
            "resolved_at": now.isoformat(),
            "cause_deployment": row.cause_deployment,
            "environment": row.environment,
            "severity": row.severity,
            "started_at": row.started_at.isoformat(),
            "mitigated_at": harm_ended.isoformat() if (harm_ended := row.ended_at or row.mitigated_at) else None,
            "summary": said,
        }
        times = row.times.get("reopened", 0)
        again = f":{times}" if times else ""
        record(edit.writing, row, "incident.resolved", data, source_id=f"incident:{row.uid}:resolved{again}")


def reopen(caller: Caller, reference: str, *, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Open it again, because it is not over. What was learned so far stays on its timeline.

    Raises:
        Conflict: when it is open, or a newer one is open on the service.
    """
    authorise(caller, "incident.write")
    said = rules.checked_short(reason, "reason") if reason.strip() else ""
    with editing(caller, reference, now=now, version=version) as edit:
        if edit.row.status != Incident.RESOLVED:
            raise Conflict(f"{edit.name} is open.", remedy="Nothing is left to do.")
        _open_again(edit, "investigating", said)


def _open_again(edit: Editing, stage: str, reason: str) -> None:
    row = edit.row
    other = held_by_now(row.service_uid, row.environment) if not row.source else None
    if other is not None:
        name = rules.name_of(other.number)
        raise Conflict(
            f"{name} is open on {row.service_name}.", remedy=f"Merge it: `roadbed incident merge {edit.name} {name}`."
        )
    times = row.times.get("reopened", 0) + 1
    row.status, row.stage, row.times = Incident.OPEN, stage, row.times | {"reopened": times}
    row.resolved_at = row.mitigated_at = row.ended_at = None
    row.next_update_at = next_update(severities.minutes_of(row.severity), now=edit.now)
    detected(edit.writing, row, source_id=f"incident:{row.uid}:detected:{times}", reopened=True)
    edit.told("reopened", f"Opened again by {edit.caller.name}" + (f": {reason}" if reason else ""), stage=stage)


def _ended(row: Incident, at: datetime, *, now: datetime) -> datetime:
    if not row.started_at <= at <= now:
        raise Invalid(
            f"Harm cannot end at {at.isoformat()}: it began at {row.started_at.isoformat()}.",
            remedy="Give an instant between its beginning and now.",
            place=Place(field="at"),
        )
    return at
