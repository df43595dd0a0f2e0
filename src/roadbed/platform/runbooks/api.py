"""Runbooks over HTTP: what there is and whether it can be trusted, steps shown before they run, runs and their end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise
from roadbed.platform.runbooks import covering, planning, queries, reminding, run_schemas, running, schemas, usecases
from roadbed.platform.runbooks.rules import linting
from roadbed.platform.runbooks.running import Told
from roadbed.platform.runbooks.values import Plan, RunbookView

router = Router(tags=["runbooks"])


@router.get("/runbooks", response=schemas.RunbookPage, operation_id="list_runbooks")
def list_runbooks(  # noqa: PLR0917 - the filters of its address
    request: HttpRequest,
    service: str = "",
    owner: str = "",
    state: str = "",
    q: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Any:
    """Runbooks by service and name; `state=stale` are those in doubt, broken ones among them."""
    authorise(caller(request), "read")
    uid = catalog.require_service(service).uid if service else ""
    return queries.runbooks(
        service_uid=uid, owner=owner, state=state, q=q, cursor=cursor, limit=limit, now=timezone.now()
    )


@router.get("/runbooks/coverage", response=schemas.RunbookCoverageOut, operation_id="runbook_coverage")
def runbook_coverage(request: HttpRequest, service: str = "", owner: str = "") -> Any:
    """Objectives that stand and alerts of the last 90 days that no runbook serves."""
    authorise(caller(request), "read")
    uid = catalog.require_service(service).uid if service else ""
    return covering.coverage(service_uid=uid, owner=owner, now=timezone.now())


@router.get("/me/runbook-reminders", response=schemas.ReminderChoice, operation_id="show_runbook_reminders")
def show_reminders(request: HttpRequest) -> Any:
    """Whether the caller gets mails when runbooks of their teams go stale."""
    who = caller(request)
    authorise(who, "read")
    return {"wanted": reminding.is_wanted(who.uid)}


@router.put("/me/runbook-reminders", response=schemas.ReminderChoice, operation_id="set_runbook_reminders")
def set_reminders(request: HttpRequest, body: schemas.ReminderChoice) -> Any:
    """Get such mails, or none."""
    reminding.choose(caller(request), wanted=body.wanted, now=timezone.now())
    return {"wanted": body.wanted}


@router.post("/runbooks/lint", response=list[schemas.RunbookFindingOut], operation_id="lint_runbook")
def lint_runbook(request: HttpRequest, body: schemas.RunbookLintIn) -> Any:
    """Everything wrong with a text. It is not kept."""
    authorise(caller(request), "read")
    return list(linting.lint(body.text, path=body.path))


@router.get("/runbooks/{uid}", response=schemas.RunbookTextOut, operation_id="show_runbook")
def show_runbook(request: HttpRequest, uid: str, version: int | None = None) -> Any:
    """One with its text, its steps and what is wrong with it."""
    authorise(caller(request), "read")
    return _shown(queries.runbook(uid, version=version, now=timezone.now()))


def _shown(view: RunbookView) -> dict[str, Any]:
    return asdict(view.row) | {
        "text": view.text,
        "digest": view.digest,
        "commit": view.commit,
        "runs": view.runs,
        "median_minutes": view.median_minutes,
        "findings": view.findings,
        "parameters": view.read.front.parameters,
        "step_list": view.read.steps,
    }


@router.get("/runbooks/{uid}/versions", response=list[schemas.RunbookVersionOut], operation_id="list_runbook_versions")
def list_runbook_versions(request: HttpRequest, uid: str) -> Any:
    """Its versions, newest first."""
    authorise(caller(request), "read")
    return list(queries.versions(uid))


# Before the address with a name in it, which would take "read" for one.
@router.post("/services/{name}/runbooks/read", response=schemas.RunbooksReadOut, operation_id="read_runbooks")
def read_runbooks(request: HttpRequest, name: str, body: schemas.RunbooksReadIn) -> Any:
    """Read the service's repository now."""
    read = usecases.read_now(caller(request), name, ref=body.ref, now=timezone.now())
    faults = [
        {"detail": one.detail, "remedy": one.remedy, "file": one.place.file, "line": one.place.line}
        for one in read.faults
    ]
    return {"commit": read.commit, "taken": list(read.taken), "removed": list(read.removed), "faults": faults}


@router.put("/services/{name}/runbooks/{slug}", response=schemas.RunbookTakenOut, operation_id="put_runbook")
def put_runbook(request: HttpRequest, name: str, slug: str, body: schemas.RunbookIn) -> Any:
    """Keep a text as a runbook of a service whose repository Roadbed does not read."""
    return usecases.put(caller(request), name, slug, text=body.text, now=timezone.now())


@router.delete("/services/{name}/runbooks/{slug}", response={204: None}, operation_id="remove_runbook")
def remove_runbook(request: HttpRequest, name: str, slug: str) -> Status[None]:
    """Take away a runbook that was put; its versions and runs stay on record."""
    usecases.remove(caller(request), name, slug, now=timezone.now())
    return Status(204, None)


@router.post("/runbooks/{uid}/reviewed", response={204: None}, operation_id="review_runbook")
def review_runbook(request: HttpRequest, uid: str, body: schemas.RunbookReviewIn) -> Status[None]:
    """Say that it was read and is still right."""
    usecases.review(caller(request), uid, note=body.note, now=timezone.now())
    return Status(204, None)


@router.post("/runbooks/{uid}/steps/{number}/plan", response=run_schemas.StepPlanOut, operation_id="plan_runbook_step")
def plan_runbook_step(request: HttpRequest, uid: str, number: int, body: run_schemas.StepPlanIn) -> Any:
    """Show a step as it would run: the exact command, by whom, where, and what stands in the way. Nothing changes."""
    asking = caller(request)
    authorise(asking, "read")
    shown = planning.plan(
        asking, uid, number, given=body.parameters, environment=body.environment, incident=body.incident,
        dry_run=body.dry_run, now=timezone.now(),
    )  # fmt: skip
    return _planned(shown)


def _planned(shown: Plan) -> dict[str, Any]:
    return {name: getattr(shown, name) for name in run_schemas.StepPlanOut.model_fields if hasattr(shown, name)} | {
        "allowed": shown.permission.allowed,
        "reason": shown.permission.reason,
    }


@router.post("/runbooks/{uid}/steps/{number}/runs", response={201: run_schemas.RunUid}, operation_id="run_runbook_step")
def run_runbook_step(request: HttpRequest, uid: str, number: int, body: run_schemas.StepRunIn) -> Any:
    """Run a step as it was shown and confirmed."""
    run = running.start(
        caller(request), uid, number, shown=body.shown, given=body.parameters, environment=body.environment,
        incident=body.incident, dry_run=body.dry_run, now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": run})


@router.post(
    "/runbooks/{uid}/steps/{number}/done", response={201: run_schemas.RunUid}, operation_id="tick_runbook_step"
)
def tick_runbook_step(request: HttpRequest, uid: str, number: int, body: run_schemas.StepDoneIn) -> Any:
    """Say that a step was done by hand, and how long it took."""
    run = running.tick(
        caller(request), uid, number, minutes=body.minutes, came_out=body.came_out, note=body.note,
        environment=body.environment, incident=body.incident, now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": run})


@router.post(
    "/services/{name}/runbooks/{slug}/told", response={201: run_schemas.RunUid}, operation_id="tell_runbook_run"
)
def tell_runbook_run(request: HttpRequest, name: str, slug: str, body: run_schemas.StepToldIn) -> Any:
    """Record a step that was run in a terminal of one's own, once by its id."""
    known = catalog.require_service(name)
    told = Told(**body.dict(exclude={"environment", "incident"}))
    run = running.tell(
        caller(request), f"{known.name}/{slug}", told, environment=body.environment, incident=body.incident,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": run})


@router.get("/runbook-runs", response=run_schemas.StepRunPage, operation_id="list_runbook_runs")
def list_runbook_runs(  # noqa: PLR0917 - the filters of its address
    request: HttpRequest,
    runbook: str = "",
    service: str = "",
    incident: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Any:
    """Runs, newest first: of a runbook, a service, or an incident by its uid."""
    authorise(caller(request), "read")
    uid = catalog.require_service(service).uid if service else ""
    return queries.runs(runbook=runbook, service_uid=uid, incident=incident, cursor=cursor, limit=limit)


@router.get("/runbook-runs/{uid}", response=run_schemas.StepRunOut, operation_id="show_runbook_run")
def show_runbook_run(request: HttpRequest, uid: str) -> Any:
    """One run with what it printed, as far as it came."""
    authorise(caller(request), "read")
    return queries.run_view(queries.require_run(uid))


@router.post("/runbook-runs/{uid}/kill", response={202: None}, operation_id="kill_runbook_run")
def kill_runbook_run(request: HttpRequest, uid: str) -> Status[None]:
    """Stop a run: one that waits at once, one that runs within a second or so."""
    running.kill(caller(request), uid, now=timezone.now())
    return Status(202, None)
