"""The verbs of exclusions: take time out of a promise, before or after the fact, and put it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.recurring import Rule, RuleError, occurrences, rule_of
from roadbed.reliability.objectives.models import Exclusion, Objective
from roadbed.reliability.objectives.rules.periods import WindowError, zone_of

LONGEST: Final = timedelta(days=31)
LONGEST_REASON: Final = 500


def exclude(
    caller: Caller,
    service: str,
    *,
    objective: str = "",
    starts_at: datetime,
    ends_at: datetime,
    rrule: str = "",
    zone: str = "UTC",
    reason: str,
    now: datetime,
) -> str:
    """Take time out of one objective of a service, or of all; answers the exclusion's uid.

    Raises:
        Invalid: naming the field at fault.
    """
    found = require_service(service)
    authorise(caller, "objective.write", team=found.owner)
    check(starts_at, ends_at, rrule, zone, reason)
    row = _objective(found.uid, found.name, objective) if objective else None
    with unit(caller, now=now) as writing:
        made = Exclusion.objects.create(
            service_uid=found.uid,
            objective=row,
            starts_at=starts_at,
            ends_at=ends_at,
            rrule=rrule.strip(),
            zone=zone,
            reason=reason.strip(),
            by=caller.name[:160],
            created_at=now,
        )
        writing.record("exclusion.declared", found.uid, data=_said(made))
    return made.uid


def withdraw(caller: Caller, uid: str, *, now: datetime) -> None:
    """Let excluded time count again, as if it had never been excluded; the record of it stays."""
    row = Exclusion.objects.filter(uid=uid).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no exclusion {uid[:40]}.", remedy="`roadbed slo exclusion list SERVICE` names them.")
    authorise(caller, "objective.write", team=require_service(row.service_uid).owner)
    with unit(caller, now=now) as writing:
        changed = Exclusion.objects.filter(pk=row.pk, withdrawn_at=None).update(
            withdrawn_at=now, withdrawn_by=caller.name[:160]
        )
        if not changed:
            raise Conflict("This exclusion was withdrawn already.")
        writing.record("exclusion.withdrawn", row.service_uid, data=_said(row))


def check(starts_at: datetime | None, ends_at: datetime | None, rrule: str, zone: str, reason: str) -> None:
    """Whether such time can be excluded; a time that is None is left out, since somebody else found it faulty.

    Raises:
        Invalid: naming the field at fault, with the other faults beside it.
    """
    found = [*_faults_of_times(starts_at, ends_at), *_faults_of_reason(reason)]
    where = rule = None
    try:
        where = zone_of(zone)
    except WindowError as fault:
        found.append(Invalid(f"{fault}.", remedy="Like Europe/Berlin.", place=Place(field="zone")))
    try:
        rule = rule_of(rrule.strip()) if rrule.strip() else None
    except RuleError as fault:
        remedy = "Like FREQ=WEEKLY;BYDAY=TU."
        found.append(Invalid(f"The rule cannot be read: {fault}.", remedy=remedy, place=Place(field="rrule")))
    if not found and where is not None and starts_at is not None and ends_at is not None:
        found += _faults_of_first(starts_at, ends_at - starts_at, where, rule)
    if found:
        first = found[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(found[1:]))


def _faults_of_times(starts_at: datetime | None, ends_at: datetime | None) -> Iterator[Invalid]:
    within = True
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if at is not None and (at.tzinfo is None or not 1970 <= at.year <= 2200):  # noqa: PLR2004 - within the reach of a calendar
            within = False
            yield Invalid(
                f"{name} is {at}, which has no offset or lies out of reach.",
                remedy="Write it like 2026-11-23T09:00:00Z.",
                place=Place(field=name),
            )
    if within and starts_at and ends_at and not timedelta(0) < ends_at - starts_at <= LONGEST:
        lasts = "ends before it begins" if ends_at <= starts_at else f"lasts {(ends_at - starts_at).days} days"
        yield Invalid(
            f"An exclusion lasts from a moment to {LONGEST.days} days; this one {lasts}.",
            remedy="End it after its start; give a longer one in parts.",
            place=Place(field="ends_at"),
        )


def _faults_of_reason(reason: str) -> Iterator[Invalid]:
    if not 0 < len(reason.strip()) <= LONGEST_REASON or "\x00" in reason:
        yield Invalid(
            "An exclusion needs a reason.", remedy="Say why this time does not count.", place=Place(field="reason")
        )


def _faults_of_first(starts_at: datetime, length: timedelta, where: ZoneInfo, rule: Rule | None) -> Iterator[Invalid]:
    first = occurrences(starts_at, length, where, rule, after=starts_at, before=starts_at + timedelta(days=5 * 366))
    if not first or first[0][0] != starts_at:
        yield Invalid(
            "The rule does not name its own start.",
            remedy="Begin at the first time that the rule names, on the clock of the zone.",
            place=Place(field="starts_at"),
        )


def objective_named(service_uid: str, service: str, name_or_uid: str) -> str:
    """The uid of a service's objective.

    Raises:
        NotFound: when it has none of that name.
    """
    return _objective(service_uid, service, name_or_uid).uid


def _objective(service_uid: str, service: str, name_or_uid: str) -> Objective:
    rows = Objective.objects.filter(service_uid=service_uid, removed_at=None)
    found = next((row for row in rows if name_or_uid in (row.name, row.uid)), None)
    if found is None:
        raise NotFound(
            f"{service} has no objective {name_or_uid[:130]}.",
            remedy=f"`roadbed slo list -s {service}` names them.",
            place=Place(field="objective"),
        )
    return found


def _said(row: Exclusion) -> dict[str, object]:
    return {
        "exclusion": row.uid,
        "objective": row.objective.uid if row.objective else None,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "rrule": row.rrule,
        "zone": row.zone,
        "reason": row.reason,
    }
