"""A step as it would run, before anybody confirms it: the exact command, whose it is, and what stands in the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import RunsHere, Whereabouts
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports import board
from roadbed.platform.runbooks import queries, standing
from roadbed.platform.runbooks.rules import commands, parameters, reading
from roadbed.platform.runbooks.rules.permitting import may_run
from roadbed.platform.runbooks.rules.shapes import ERROR, OPERATE, READ, Finding, Step
from roadbed.platform.runbooks.values import Plan, RunbookView

PRODUCTION: Final = "production"
LONGEST_ENVIRONMENT: Final = 40


def plan(
    caller: Caller, reference: str, number: int, *, given: Mapping[str, str] | None = None,
    environment: str = PRODUCTION, incident: str = "", dry_run: bool = False, now: datetime,
) -> Plan:  # fmt: skip
    """Work out what running a step would be. It changes nothing and asks the machine nothing but whether it could.

    Raises:
        NotFound: for an unknown runbook, step or incident.
        Invalid: with every parameter that is missing or refused.
    """
    view = queries.runbook(reference, now=now)
    step = _step(view, number)
    known = catalog.require_service(view.row.service_uid)
    values = {} if step.by_hand else parameters.values_of(view.read, step, given or {})
    if faults := faults_of(step, view.findings):
        _refuse(step, faults, view.row.path)
    written = step.command if not dry_run else step.rehearsal
    where = None if step.by_hand else asks.put(RunsHere(known.uid, _environment(environment)))
    incident_uid, incident_name = standing.incident_of(known, incident, environment)
    needs = _needs(step, dry_run=dry_run)
    # A dry run without a variant of its own shows the command and runs nothing.
    command = commands.shown_of(written or step.command, values) if not step.by_hand else step.command
    script = commands.script_of(written) if written and not step.by_hand else ""
    seen = [
        view.row.uid, view.row.version, number, command, environment, dry_run, where.workload if where else "",
        incident_uid,
    ]  # fmt: skip
    return Plan(
        runbook=view.row.uid, version=view.row.version, step=number, title=step.title, service=known.name,
        service_uid=known.uid, environment=environment, command=command, script=script, shell=step.language,
        parameters=values, dry_run=dry_run, by_hand=step.by_hand, confirm=step.confirm, needs=needs,
        secrets=step.secrets, scopes=step.scopes, timeout=step.timeout, workload=where.workload if where else "",
        user=board.steps().user_of(where.workload) if where else "", incident_uid=incident_uid, incident=incident_name,
        permission=may_run(needs, standing.stand_of(caller, known, now=now)),
        obstacle="" if step.by_hand or not script else obstacle(known, where, environment),
        shown=hashlib.sha256(json.dumps(seen).encode()).hexdigest(),
    )  # fmt: skip


def obstacle(service: ServiceView, where: Whereabouts | None, environment: str) -> str:
    """Why no step of a service can be run here, as one sentence; empty where they can."""
    if where is None:
        if service.annotations.get("roadbed.dev/deployed-by") == "external":
            return f"{service.name} is deployed by another CD, so Roadbed has no machine of its to run this on."
        return f"{service.name} does not run in {environment} here."
    return board.steps().refusal()


def faults_of(step: Step, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is wrong within a step, so that it is not run before it is corrected."""
    last = step.line + step.command.count("\n") + 2
    if step.rehearsal:
        last += step.rehearsal.count("\n") + 3
    stop = ("unconfirmed", "says-read")  # both are made up for: such a step asks and needs the right to operate
    return tuple(
        one for one in findings if one.severity == ERROR and step.line <= one.line <= last and one.rule not in stop
    )


def _needs(step: Step, *, dry_run: bool) -> str:
    if dry_run:
        return OPERATE if step.rehearsal and reading.changes(step.rehearsal) else READ
    return step.needs


def _step(view: RunbookView, number: int) -> Step:
    step = view.step(number)
    if step is None:
        raise NotFound(
            f"{view.row.title} has no step {number}.",
            remedy=f"It has {view.row.steps}.",
            place=Place(field="step"),
        )
    return step


def _refuse(step: Step, faults: tuple[Finding, ...], path: str) -> None:
    first = faults[0]
    raise Conflict(
        f"Step {step.number} has a fault and is not run: {first.detail}",
        remedy=first.remedy,
        place=Place(file=path, line=first.line),
    )


def _environment(environment: str) -> str:
    if not environment or len(environment) > LONGEST_ENVIRONMENT or not environment.replace("-", "").isalnum():
        raise Invalid(
            f"{environment[:40]!r} is not an environment.",
            remedy="A name such as production.",
            place=Place(field="environment"),
        )
    return environment
