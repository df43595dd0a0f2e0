"""The verbs of runs: start a step, tick one off that was done by hand, tell of one's own terminal, stop one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Forbidden, Invalid, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.platform.runbooks import queries, standing
from roadbed.platform.runbooks.facts import record_run
from roadbed.platform.runbooks.models import Run, Runbook, Version
from roadbed.platform.runbooks.output import Kept
from roadbed.platform.runbooks.planning import PRODUCTION, plan
from roadbed.platform.runbooks.rules import secrecy
from roadbed.platform.runbooks.rules.permitting import may_run
from roadbed.platform.runbooks.rules.shapes import READ
from roadbed.platform.runbooks.values import Plan

MOST_MINUTES: Final = 24 * 60
OLDEST_REPORT: Final = timedelta(days=30)
FAILURES: Final = (Run.FAILED, Run.TIMED_OUT, Run.UNKNOWN)
LONGEST_NOTE: Final = 500
SHORT: Final = 240
"""Seconds that a step may take and still run among the short jobs."""
LONGEST_COMMAND: Final = 64 * 1024


def start(
    caller: Caller, reference: str, number: int, *, shown: str, given: Mapping[str, str] | None = None,
    environment: str = PRODUCTION, incident: str = "", dry_run: bool = False, now: datetime,
) -> str:  # fmt: skip
    """Run a step as it was shown and confirmed; answers the uid. A dry run runs the step's variant, or nothing.

    Raises:
        Forbidden: with who may.
        Conflict: when it would be another command than the one shown, cannot be run here, or another step runs.
    """
    authorise(caller, "runbook.run")
    wanted = plan(
        caller, reference, number, given=given, environment=environment, incident=incident, dry_run=dry_run, now=now
    )
    _refuse(wanted, shown)
    row = Run(**_of_plan(caller, wanted, now=now))
    if dry_run and not wanted.script:
        row.state, row.started_at, row.finished_at = Run.SHOWN, now, now
        with unit(caller, now=now) as writing:
            row.save(force_insert=True)
            record_run(writing, row.runbook, row)
        return row.uid
    try:
        with unit(caller, now=now):
            row.save(force_insert=True)
            # Long ones wait for builds, as builds for them; a short one waits for neither.
            job = "runbooks.run" if wanted.timeout <= SHORT else "runbooks.run_long"
            enqueue(job, {"run": row.uid}, key=f"{job}:{row.uid}", now=now)
    except IntegrityError:
        other = Run.objects.filter(
            service_uid=row.service_uid, environment=row.environment, state__in=Run.UNDER_WAY
        ).first()
        if other is None:
            raise
        raise Conflict(
            f"{other.person} runs step {other.step}, {other.title}, of {wanted.service} now.",
            remedy="Wait for it, or stop it: one step at a time.",
        ) from None
    return row.uid


def _refuse(wanted: Plan, shown: str) -> None:
    _permit(wanted.permission.allowed, wanted.permission.reason)
    if wanted.by_hand:
        raise Conflict(f"Step {wanted.step} is done by hand.", remedy="Do it, then tick it off with how long it took.")
    if wanted.obstacle:
        raise Conflict(
            wanted.obstacle,
            remedy=f"Copy the command, or in your terminal: `roadbed runbook run FILE --step {wanted.step} --local`.",
        )
    if shown != wanted.shown:
        raise Conflict(
            "What would run is not what was confirmed: the runbook, a parameter, the place or the incident changed.",
            remedy="Look at the command again, and confirm that.",
            place=Place(field="shown"),
        )


def _permit(allowed: bool, reason: str) -> None:  # noqa: FBT001 - an answer and its reason
    if not allowed:
        raise Forbidden(f"Not allowed: {reason}.", remedy="Ask whoever that is, or copy the command for them.")


def _of_plan(caller: Caller, wanted: Plan, *, now: datetime) -> dict[str, Any]:
    return {
        "runbook": Runbook.objects.get(uid=wanted.runbook),
        "version": wanted.version,
        "step": wanted.step,
        "title": wanted.title,
        "needs": wanted.needs,
        "service_uid": wanted.service_uid,
        "environment": wanted.environment,
        "workload": wanted.workload,
        "incident_uid": wanted.incident_uid,
        "incident": wanted.incident,
        "parameters": {name: secrecy.hidden(value, ()) for name, value in wanted.parameters.items()},
        "command": secrecy.hidden(wanted.command, ()),
        "dry_run": wanted.dry_run,
        "by_hand": wanted.by_hand,
        "caller": {
            "uid": caller.uid,
            "name": caller.name,
            "role": caller.role,
            "teams": sorted(caller.teams),
            "scopes": None if caller.scopes is None else sorted(caller.scopes),
            "values": wanted.parameters,
        },
        "person_uid": caller.uid[:32],
        "person": caller.name[:160],
        "asked_at": now,
    }


def tick(
    caller: Caller, reference: str, number: int, *, minutes: int, came_out: bool = True, note: str = "",
    environment: str = PRODUCTION, incident: str = "", now: datetime,
) -> str:  # fmt: skip
    """Say that a step was done by hand and how many minutes that took; answers the uid of the run."""
    authorise(caller, "runbook.run")
    wanted = plan(caller, reference, number, environment=environment, incident=incident, now=now)
    _permit(wanted.permission.allowed, wanted.permission.reason)
    if not wanted.by_hand:
        raise Conflict(f"Step {number} is run by Roadbed.", remedy="Run it, or tell of it with `--local`.")
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(f"{minutes} minutes cannot be.", remedy="1 to 1440.", place=Place(field="minutes"))
    row = Run(
        **_of_plan(caller, wanted, now=now) | {"minutes": minutes, "note": _note(note)},
        state=Run.DONE if came_out else Run.FAILED, started_at=now - timedelta(minutes=minutes), finished_at=now,
    )  # fmt: skip
    with unit(caller, now=now) as writing:
        row.save(force_insert=True)
        settle(writing, row)
    return row.uid


@dataclass(frozen=True, slots=True)
class Told:
    """A run in somebody's own terminal, as the command line tells it, at once or when it reaches Roadbed again."""

    id: str
    step: int
    title: str
    digest: str
    exit_code: int
    started_at: datetime
    finished_at: datetime
    command: str = ""
    output: str = ""
    output_bytes: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    needs: str = READ
    by_hand: bool = False
    dry_run: bool = False
    note: str = ""


def tell(
    caller: Caller, reference: str, told: Told, *, environment: str = PRODUCTION, incident: str = "", now: datetime
) -> str:
    """Record a step that somebody ran in a terminal of their own, once by its id; answers the uid of the run.

    It is a record of what was done, so it is taken also from who would not have been let: the fact says who it was.
    """
    authorise(caller, "runbook.run")
    row = queries.require_row(reference)
    known = catalog.require_service(row.service_uid)
    if earlier := Run.objects.filter(source_id=told.id).first():
        return earlier.uid
    if not now - OLDEST_REPORT <= told.started_at <= told.finished_at <= now + timedelta(minutes=5):
        raise Invalid("Those times cannot be.", remedy="From 30 days ago to now.", place=Place(field="started_at"))
    version = Version.objects.filter(runbook=row, digest=told.digest).values_list("number", flat=True).last()
    other = "" if version else " It was run from a text that Roadbed does not have."
    try:
        uid, name = standing.incident_of(known, incident, environment)
    except Exception:  # noqa: BLE001 - told late, the incident is over, and the record stands without it
        uid, name = "", ""
    kept = Kept.of_text(told.output, told.output_bytes)
    run = Run(
        runbook=row, version=version or row.version, step=told.step, title=told.title[:120], needs=told.needs,
        service_uid=known.uid, environment=environment, incident_uid=uid, incident=name,
        parameters={key: secrecy.hidden(value, ()) for key, value in told.parameters.items()},
        command=secrecy.hidden(told.command, ())[:LONGEST_COMMAND], dry_run=told.dry_run, by_hand=told.by_hand,
        local=True,
        person_uid=caller.uid[:32], person=caller.name[:160], asked_at=told.started_at, started_at=told.started_at,
        finished_at=told.finished_at, exit_code=told.exit_code, note=_note(told.note + other),
        state=Run.FAILED if told.exit_code else Run.DONE if told.by_hand else Run.SUCCEEDED, output=kept.text,
        output_bytes=kept.size, truncated=kept.truncated, source_id=told.id,
    )  # fmt: skip
    try:
        with unit(caller, now=now) as writing:
            run.save(force_insert=True)
            settle(writing, run)
    except IntegrityError:
        return Run.objects.get(source_id=told.id).uid
    return run.uid


def kill(caller: Caller, uid: str, *, now: datetime) -> None:
    """Stop a run: one that waits at once, one that runs within a second or so. What it did already is not undone.

    Raises:
        Conflict: when it is over.
    """
    authorise(caller, "runbook.run")
    row = queries.require_run(uid)
    service = catalog.require_service(row.service_uid)
    if row.person_uid != caller.uid:
        permission = may_run(READ, standing.stand_of(caller, service, now=now))
        _permit(permission.allowed, permission.reason)
    asked = {"kill_asked_at": now, "kill_asked_by": caller.name[:160]}
    with unit(caller, now=now) as writing:
        waiting = Run.objects.filter(pk=row.pk, state=Run.WAITING)
        if waiting.update(state=Run.KILLED, finished_at=now, note="It had not begun.", **asked):
            row.refresh_from_db()
            settle(writing, row)
        elif not Run.objects.filter(pk=row.pk, state=Run.RUNNING).update(**asked):
            raise Conflict(f"It is over: {row.state}.", remedy="Nothing is left to stop.")


def settle(writing: Unit, row: Run) -> None:
    """Tell of a run that is over, and keep with its runbook how the last one came out; in the open unit."""
    if not row.dry_run and row.state != Run.KILLED:
        at = row.finished_at
        newer = Runbook.objects.filter(pk=row.runbook_id, run_at__gt=at)
        if at is not None and not newer.exists():
            Runbook.objects.filter(pk=row.runbook_id).update(run_at=at, run_failed=row.state in FAILURES)
    # Whoever it was stands in the row; what they typed is not needed any more, and could be a secret.
    Run.objects.filter(pk=row.pk).update(caller={})
    record_run(writing, row.runbook, row)


def _note(text: str) -> str:
    return " ".join(secrecy.hidden(text.replace("\x00", ""), ()).split())[:LONGEST_NOTE]
