"""The verbs that define journeys: apply a file, take over a repository's, end one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError

from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives.defining import Origin, refusal_of
from roadbed.reliability.objectives.journeys.changes import end_burn
from roadbed.reliability.objectives.journeys.models import Journey, JourneyStanding, JourneyVersion
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.journeys.cycles import cycle_of
from roadbed.reliability.objectives.rules.journeys.values import Journey as Definition
from roadbed.reliability.objectives.rules.journeys.values import Step, steps_as_data
from roadbed.reliability.objectives.rules.openslo.findings import Finding
from roadbed.reliability.objectives.rules.openslo.reading import read
from roadbed.reliability.objectives.rules.periods import window_as_data

LIST: Final = "`roadbed slo journey list` names all of them."


@dataclass(frozen=True, slots=True)
class JourneysApplied:
    """What applying a file did, by journeys' names; warnings are said and change nothing."""

    defined: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[Finding, ...]


def apply_journeys(caller: Caller, *, text: str, file: str = "journey.yaml", now: datetime) -> JourneysApplied:
    """Make the journeys of a file what it says; others stay. For members of each journey's team.

    Raises:
        Invalid: naming every fault with its line; then nothing is changed.
        Conflict: where a repository defines one of them.
    """
    found = read(text, file=file)
    if found.errors:
        raise refusal_of(found.errors)
    if not found.journeys:
        raise Invalid(
            "There is no journey in this file.",
            remedy="Begin with apiVersion: roadbed.dev/v1, kind: Journey.",
            place=Place(file=file, line=1),
        )
    for one in found.journeys:
        authorise(caller, "objective.write", team=one.owner)
    standing = {row.name: row for row in Journey.objects.filter(removed_at=None)}
    for one in found.journeys:
        row = standing.get(one.name)
        if row is not None:
            authorise(caller, "objective.write", team=row.owner)
    _check(found.journeys, standing.values(), file)
    warnings = tuple(one for one in found.findings if one not in found.errors)
    return _take(caller, found.journeys, Origin(Journey.APPLIED, file), standing, warnings=warnings, now=now)


def take_over_journeys(
    caller: Caller, service: ServiceView, definitions: Iterable[Definition], origin: Origin, *, now: datetime
) -> JourneysApplied:
    """Make the journeys that a service's repository defines what its file says; those that it left out end.

    A step that nobody promises yet is taken over, for its service may be deployed later; until then nothing is known.

    Raises:
        Invalid: where one has another owner than the service: nobody puts pages on others by a commit.
        Conflict: where one of that name is defined elsewhere.
    """
    authorise(caller, "objective.write", team=service.owner)
    wanted = tuple(definitions)
    for one in wanted:
        if one.owner != service.owner:
            raise Invalid(
                f"{one.name} is to be owned by {one.owner}, and {service.name} is {service.owner}'s.",
                remedy=f"Write owner: {service.owner}, or apply the journey by `roadbed slo journey apply`.",
                place=Place(file=origin.file, line=one.line, field="spec.owner"),
            )
    standing = {row.name: row for row in Journey.objects.filter(removed_at=None)}
    _check_circles(wanted, standing.values(), origin.file)
    return _take(caller, wanted, origin, standing, service_uid=service.uid, now=now)


def remove_journey(caller: Caller, name: str, *, now: datetime) -> None:
    """End a journey that was applied; its past stays."""
    row = Journey.objects.filter(name=name[:63], removed_at=None).first()
    if row is None:
        raise NotFound(f"There is no journey {name[:63]}.", remedy=LIST)
    authorise(caller, "objective.write", team=row.owner)
    if row.origin == Journey.REPOSITORY:
        raise Conflict(
            f"{row.name} is defined by {row.source_file} in a repository.",
            remedy="Take it out there and deploy that commit.",
            place=Place(file=row.source_file, line=row.source_line),
        )
    with unit(caller, now=now) as writing:
        _end(row, writing)


def retire_journeys(caller: Caller, service_uid: str, *, now: datetime) -> None:
    """End the journeys of the repository of a service that left the catalogue."""
    authorise(caller, "catalog.remove")
    rows = list(Journey.objects.filter(service_uid=service_uid, removed_at=None)) if service_uid else []
    if rows:
        with unit(caller, now=now) as writing:
            for row in rows:
                _end(row, writing)


def _check(definitions: tuple[Definition, ...], standing: Iterable[Journey], file: str) -> None:
    """Refuse steps that name nothing, owners that there are not, and circles; all of them at once."""
    faults: list[Invalid] = []
    objectives = dict.fromkeys(
        Objective.objects.filter(
            removed_at=None, service_name__in={step.service for one in definitions for step in one.steps}
        ).values_list("service_name", "name")
    )
    known = {one.name for one in definitions} | {row.name for row in standing}
    for one in definitions:
        if people.team(one.owner) is None:
            text = f"There is no team {one.owner}."
            faults.append(Invalid(text, remedy="`roadbed team list` names them.", place=Place(file, one.line)))
        for step in one.steps:
            if step.journey in known or (step.service, step.objective) in objectives:
                continue
            remedy = LIST if step.journey else f"`roadbed slo list -s {step.service}` names what it promises."
            faults.append(Invalid(f"There is no {_named(step)}.", remedy=remedy, place=Place(file, step.line)))
    if faults:
        first = faults[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))
    _check_circles(definitions, standing, file)


def _named(step: Step) -> str:
    return f"journey {step.journey}" if step.journey else f"objective {step.of}"


def _check_circles(definitions: tuple[Definition, ...], standing: Iterable[Journey], file: str) -> None:
    leads = {row.name: tuple(step["journey"] for step in row.steps if step["journey"]) for row in standing}
    leads |= {one.name: tuple(step.journey for step in one.steps if step.journey) for one in definitions}
    for one in definitions:
        if circle := cycle_of(one.name, leads):
            raise Invalid(
                f"The journey leads back to itself: {' to '.join(circle)}. [journey-cycle]",
                remedy="Name objectives in one of them.",
                place=Place(file=file, line=one.line),
            )


def _take(
    caller: Caller,
    definitions: tuple[Definition, ...],
    origin: Origin,
    standing: dict[str, Journey],
    *,
    service_uid: str = "",
    warnings: tuple[Finding, ...] = (),
    now: datetime,
) -> JourneysApplied:
    did: dict[str, list[str]] = {"defined": [], "changed": [], "unchanged": [], "removed": []}
    try:
        with unit(caller, now=now) as writing:
            for one in definitions:
                row = standing.get(one.name)
                if row is not None and (row.origin, row.service_uid) != (origin.kind, service_uid):
                    raise _elsewhere(row, origin, one)
                did[_write(row, one, origin, service_uid, writing)].append(one.name)
            names = {one.name for one in definitions}
            for row in standing.values():
                if service_uid and row.service_uid == service_uid and row.name not in names:
                    _end(row, writing)
                    did["removed"].append(row.name)
    except IntegrityError:
        raise Conflict("A journey of this name was defined at the same moment.", remedy="Apply again.") from None
    return JourneysApplied(**{word: tuple(names) for word, names in did.items()}, warnings=warnings)


def _elsewhere(row: Journey, origin: Origin, one: Definition) -> Conflict:
    where = f"by {row.source_file} in a repository" if row.origin == Journey.REPOSITORY else "over the API"
    return Conflict(
        f"{row.name} is defined {where}.",
        remedy="Change it there, or give this one another name.",
        place=Place(file=origin.file, line=one.line),
    )


def _write(row: Journey | None, one: Definition, origin: Origin, service_uid: str, writing: Unit) -> str:
    new, same = row is None, row is not None and row.digest == one.digest
    made = row or Journey(name=one.name, created_at=writing.now, changed_at=writing.now)
    made.title, made.description, made.owner = one.title, one.description, one.owner
    made.target, made.window_minutes, made.window = one.target, one.window_minutes, window_as_data(one.window)
    made.method, made.alerts, made.steps = one.method, one.alerts, steps_as_data(one.steps)
    made.origin, made.service_uid = origin.kind, service_uid
    made.source_file, made.source_line, made.source_commit = origin.file, one.line, origin.commit
    made.digest = one.digest
    if not new and not same:
        made.version, made.changed_at = made.version + 1, writing.now
    made.save()
    if same:
        return "unchanged"
    if new:
        JourneyStanding.objects.create(journey=made)
    JourneyVersion.objects.create(
        journey=made, number=made.version, definition=_said(made), source_commit=made.source_commit,
        digest=made.digest, by=writing.caller.name[:160], since=writing.now,
    )  # fmt: skip
    writing.record("journey.defined", made.uid, data=_said(made))
    return "defined" if new else "changed"


def _end(row: Journey, writing: Unit) -> None:
    if Journey.objects.filter(pk=row.pk, removed_at=None).update(removed_at=writing.now) == 1:
        end_burn(writing, row)
        writing.record("journey.removed", row.uid, data=_said(row))


def _said(row: Journey) -> dict[str, Any]:
    return {
        "journey": row.name,
        "title": row.title,
        "team": row.owner,
        "target": str(row.target.normalize()),
        "window": row.window,
        "method": row.method,
        "alerts": row.alerts,
        "version": row.version,
        "steps": row.steps,
    }
