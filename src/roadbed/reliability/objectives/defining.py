"""The verbs that define objectives: apply a file, read it from the repository, remove."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from roadbed.ground.catalog.queries import ServiceView, require_service
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives.models import Objective, ObjectiveVersion, ReadError, Series, Standing
from roadbed.reliability.objectives.rules.budgeting import budgeting_as_data
from roadbed.reliability.objectives.rules.indicators import as_data
from roadbed.reliability.objectives.rules.openslo.findings import Finding
from roadbed.reliability.objectives.rules.openslo.reading import Definition, read
from roadbed.reliability.objectives.rules.periods import MONTHS, window_as_data
from roadbed.reliability.objectives.rules.tables import ROADBED as ROADBED_TABLE

MOST_PER_SERVICE: Final = 50


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file did, by objectives' names; warnings are said and change nothing."""

    service_uid: str
    defined: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file is from."""

    kind: str
    file: str
    commit: str = ""
    location: str = ""


def apply(caller: Caller, service: str, *, text: str, file: str = "slo.yaml", now: datetime) -> Applied:
    """Make the objectives of a service what an OpenSLO text says; earlier applied ones that it leaves out end.

    Objectives that the service's repository defines are changed there.

    Raises:
        Invalid: naming every fault with its line; then nothing is changed.
    """
    found = require_service(service)
    authorise(caller, "objective.write", team=found.owner)
    return take_over(caller, found, text=text, origin=Origin(Objective.APPLIED, file), now=now)


def remove(caller: Caller, uid: str, *, now: datetime) -> None:
    """End an objective; its past stays."""
    row = Objective.objects.filter(uid=uid, removed_at=None).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    authorise(caller, "objective.write", team=row.owner)
    if row.origin == Objective.REPOSITORY:
        raise Conflict(
            f"{row.name} is defined by {row.source_file} in the repository of {row.service_name}.",
            remedy="Take it out there and deploy that commit.",
            place=Place(file=row.source_file, line=row.source_line),
        )
    with unit(caller, now=now) as writing:
        _end([row], writing, now=now)


def retire_service(caller: Caller, service_uid: str, *, now: datetime) -> None:
    """End all objectives of a service that left the catalogue."""
    authorise(caller, "catalog.remove")
    with unit(caller, now=now) as writing:
        _end(Objective.objects.filter(service_uid=service_uid, removed_at=None), writing, now=now)
        ReadError.objects.filter(service_uid=service_uid).delete()


def take_over(caller: Caller, service: ServiceView, *, text: str, origin: Origin, now: datetime) -> Applied:
    """Read a file and take its objectives over in one transaction, or none of them."""
    found = read(text, file=origin.file)
    if found.errors:
        raise refusal_of(found.errors)
    definitions = [one for one in found.definitions if one.service == service.name]
    if found.definitions and not definitions:
        raise _for_another(found.definitions, service, origin)
    if not definitions and origin.kind == Objective.APPLIED:
        raise Invalid(
            "There is no SLO in this file.",
            remedy="`roadbed slo show` names what stands; `roadbed slo remove` ends one.",
            place=Place(file=origin.file),
        )
    if len(definitions) > MOST_PER_SERVICE:
        raise Invalid(
            f"{service.name} has {len(definitions)} objectives; {MOST_PER_SERVICE} is the most.",
            remedy="Few objectives that somebody acts on beat many. Merge or drop some.",
            place=Place(file=origin.file),
        )
    with unit(caller, now=now) as writing:
        taking = _Taking(caller, service, origin, writing, now)
        for definition in definitions:
            taking.take(definition)
        removed = taking.end_others({definition.name for definition in definitions})
        if origin.kind == Objective.REPOSITORY:
            ReadError.objects.filter(service_uid=service.uid).delete()
    return Applied(
        service_uid=service.uid,
        defined=tuple(taking.defined),
        changed=tuple(taking.changed),
        unchanged=tuple(taking.unchanged),
        removed=removed,
        warnings=tuple(finding for finding in found.findings if finding not in found.errors),
    )


def _for_another(definitions: Iterable[Definition], service: ServiceView, origin: Origin) -> Invalid:
    first = next(iter(definitions))
    return Invalid(
        f"No SLO in this file is for {service.name}; {first.name} is for {first.service!r}.",
        remedy=f"Write service: {service.name} in its spec.",
        place=Place(file=origin.file, line=first.line, field="spec.service"),
    )


def refusal_of(findings: Iterable[Finding]) -> Invalid:
    """All faults of a file as one refusal; the first is its own, the rest stand beside it."""
    refusals = [
        Invalid(f"{one.text} [{one.rule}]", remedy=one.remedy, place=Place(file=one.file, line=one.line))
        for one in findings
    ]
    first = refusals[0]
    return Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(refusals[1:]))


class _Taking:
    """Takes definitions over one by one, inside an open unit of writing."""

    def __init__(self, caller: Caller, service: ServiceView, origin: Origin, writing: Unit, now: datetime) -> None:
        self.caller, self.service, self.origin, self.writing, self.now = caller, service, origin, writing, now
        rows = Objective.objects.filter(service_uid=service.uid, removed_at=None)
        self.standing = {row.name: row for row in rows}
        self.defined: list[str] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []

    def take(self, definition: Definition) -> None:
        row = self.standing.get(definition.name)
        if row is None:
            self._define(definition)
            self.defined.append(definition.name)
            return
        if row.origin == Objective.REPOSITORY and self.origin.kind == Objective.APPLIED:
            raise Conflict(
                f"{row.name} is defined by {row.source_file} in the repository of {self.service.name}.",
                remedy="Change it there and deploy that commit, or give this one another name.",
                place=Place(file=self.origin.file, line=definition.line),
            )
        same = row.digest == digest_of(definition)
        self._update(row, definition, same=same)
        (self.unchanged if same else self.changed).append(definition.name)

    def _define(self, definition: Definition) -> None:
        series = Series.objects.create(created_at=self.now)
        row = Objective(service_uid=self.service.uid, name=definition.name, series=series.pk, created_at=self.now)
        self._fill(row, definition)
        row.changed_at = self.now
        row.save(force_insert=True)
        Standing.objects.create(objective=row)
        self._record(row)

    def _update(self, row: Objective, definition: Definition, *, same: bool) -> None:
        if not same:
            if row.indicator != as_data(definition.indicator):
                # Another indicator counts something else, so it begins anew; the former counts stay with the version.
                row.series = Series.objects.create(created_at=self.now).pk
            row.version += 1
            row.changed_at = self.now
        self._fill(row, definition)
        row.save()
        if not same:
            self._record(row)

    def _fill(self, row: Objective, definition: Definition) -> None:
        row.service_name, row.owner = self.service.name, self.service.owner
        row.title, row.description = definition.title, definition.description
        row.target, row.window_minutes = definition.target, definition.window_minutes
        row.window, row.budgeting = window_as_data(definition.window), budgeting_as_data(definition.budgeting)
        row.alerts = definition.alerts
        row.indicator = as_data(definition.indicator)
        row.origin, row.source_file, row.source_line = self.origin.kind, self.origin.file, definition.line
        row.source_commit, row.source_location = self.origin.commit, self.origin.location
        row.digest = digest_of(definition)

    def _record(self, row: Objective) -> None:
        ObjectiveVersion.objects.create(
            objective=row,
            number=row.version,
            title=row.title,
            target=row.target,
            window_minutes=row.window_minutes,
            window=row.window,
            budgeting=row.budgeting,
            alerts=row.alerts,
            indicator=row.indicator,
            series=row.series,
            source_commit=row.source_commit,
            digest=row.digest,
            by=self.caller.name[:160],
            since=self.now,
        )
        self.writing.record("objective.defined", self.service.uid, data=_said(row))

    def end_others(self, kept: set[str]) -> tuple[str, ...]:
        """End those of the same origin that the file no longer names."""
        ending = [row for name, row in self.standing.items() if name not in kept and row.origin == self.origin.kind]
        _end(ending, self.writing, now=self.now)
        return tuple(row.name for row in ending)


def _end(rows: Iterable[Objective], writing: Unit, *, now: datetime) -> None:
    for row in rows:
        if Objective.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now) == 1:
            writing.record("objective.removed", row.service_uid, data=_said(row))


def _said(row: Objective) -> dict[str, Any]:
    return {
        "objective": row.uid,
        "service": row.service_name,
        "name": row.name,
        "title": row.title,
        "target": str(row.target.normalize()),
        "window_minutes": row.window_minutes,
        "version": row.version,
        "commit": row.source_commit,
    }


def digest_of(definition: Definition) -> str:
    """What makes two definitions the same: everything but where they stand."""
    said = {
        "title": definition.title,
        "description": definition.description,
        "target": str(Decimal(definition.target).normalize()),
        "window": definition.window_minutes,
        "indicator": as_data(definition.indicator),
    }
    # What most objectives leave as it is stays out, so that they are the same as before there was a choice.
    if definition.window.unit in MONTHS or definition.window.by_calendar:
        said["calendar"] = window_as_data(definition.window)
    if definition.budgeting.sliced:
        said["budgeting"] = budgeting_as_data(definition.budgeting)
    if definition.alerts != ROADBED_TABLE.name:
        said["alerts"] = definition.alerts
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
