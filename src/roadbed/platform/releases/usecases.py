"""The verbs of releases: ask for a deployment, a rollback or a stop, preview a rollback, take another CD's report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.releases import queries, rules
from roadbed.platform.releases.facts import record_failed
from roadbed.platform.releases.models import Deployment, Release, Workload
from roadbed.platform.releases.values import RollbackPreview

LONGEST_REF = 250


def request_deployment(
    caller: Caller,
    service: str,
    *,
    ref: str = "HEAD",
    environment: str = rules.PRODUCTION,
    kind: str = rules.DERIVED,
    now: datetime,
) -> str:
    """Ask for a commit to be made live; answers the deployment's uid, which a job then works on.

    Raises:
        Conflict: when another deployment of the same workload is under way, or another CD deploys the service.
    """
    known = catalog.require_service(service)
    authorise(caller, "service.deploy", team=known.owner)
    environment, kind = rules.checked_environment(environment), rules.checked_kind(kind)
    _deployed_here(known, f"roadbed deploy report {known.name} --commit COMMIT --outcome success")
    if not ref or len(ref) > LONGEST_REF or ref.startswith("-") or any(sign.isspace() for sign in ref):
        raise Invalid(
            f"{ref!r} cannot name a commit.", remedy="Give a branch, a tag or a commit.", place=Place(field="ref")
        )
    with unit(caller, now=now):
        workload = _workload(known, environment, now=now)
        _nothing_under_way(workload.name)
        row = _asked(caller, known, workload, verb=rules.DEPLOY, now=now, kind=kind, ref=ref)
        enqueue("releases.deploy", {"deployment": row.uid}, key=f"releases.deploy:{row.uid}", now=now)
    return row.uid


def _deployed_here(service: ServiceView, instead: str) -> None:
    if service.annotations.get("roadbed.dev/deployed-by", "roadbed") == "external":
        raise Conflict(
            f"{service.name} is deployed by another CD: its catalog-info.yaml says roadbed.dev/deployed-by: external.",
            remedy=f"Deploy it there and report it with `{instead}`, or change the annotation to roadbed.",
            place=Place(file=service.entity_path),
        )


def _workload(service: ServiceView, environment: str, *, now: datetime) -> Workload:
    found = Workload.objects.filter(service_uid=service.uid, environment=environment).first()
    if found is not None:
        return found
    name = rules.workload_name(service.name, environment)
    taken = Workload.objects.filter(name=name).first()
    if taken is not None:
        raise Conflict(
            f"The host name {name} belongs to another service in {taken.environment}.",
            remedy="Deploy to an environment of another name, or rename the service.",
            place=Place(field="environment"),
        )
    made, _ = Workload.objects.get_or_create(
        service_uid=service.uid, environment=environment, defaults={"name": name, "created_at": now}
    )
    return made


def _nothing_under_way(workload: str) -> None:
    other = Deployment.objects.filter(workload=workload, state__in=queries.ACTIVE).first()
    if other is not None:
        what = f"{other.verb} {other.version or other.ref}".strip()
        raise Conflict(
            f"{workload} is being changed already: {what} by {other.requested_by}, {other.step or 'waiting'}.",
            remedy=f"Wait for it: `roadbed status {other.service_name}`. A rollback need not wait.",
        )


def _asked(
    caller: Caller, service: ServiceView, workload: Workload, *, verb: str, now: datetime, **more: Any
) -> Deployment:
    try:
        return Deployment.objects.create(
            verb=verb,
            service_uid=service.uid,
            service_name=service.name,
            environment=workload.environment,
            workload=workload.name,
            former=rules.version_of(workload.serving),
            caller=_kept(caller),
            requested_by=caller.name[:160],
            requested_at=now,
            **more,
        )
    except IntegrityError:
        raise Conflict(
            f"{workload.name} is being changed already.", remedy=f"`roadbed status {service.name}` shows by whom."
        ) from None


def _kept(caller: Caller) -> dict[str, Any]:
    return {"uid": caller.uid, "name": caller.name, "role": caller.role, "teams": sorted(caller.teams)}


def caller_of(row: Deployment) -> Caller:
    """Whoever asked, as they were then: the job acts for them.

    A token's scopes were looked at when it asked; what a deployment asks on its way (the gate) needs none of its own.
    """
    kept = row.caller
    return Caller(
        uid=kept["uid"],
        name=kept["name"],
        role=kept["role"],
        teams=frozenset(kept["teams"]),
    )


def request_rollback(
    caller: Caller,
    service: str,
    *,
    environment: str = rules.PRODUCTION,
    to: str | None = None,
    reason: str = "",
    now: datetime,
) -> str:
    """Ask for a former release to be brought back; answers the uid of the rollback.

    No gate is asked. A deployment that has not switched yet is cancelled; one that switches now is undone after it.
    Asking again for what is under way answers the rollback that is.
    """
    known = catalog.require_service(service)
    authorise(caller, "service.rollback", team=known.owner)
    workload = _deployed_workload(known, environment)
    asked = None if to is None else rules.number_of(to)
    with unit(caller, now=now) as writing:
        under_way = Deployment.objects.filter(
            workload=workload.name, verb=rules.ROLLBACK, state__in=queries.ACTIVE
        ).first()
        if under_way is not None:
            return _same_rollback(under_way, asked)
        _cancel_deploy(writing, workload, now=now)
        target = _target(workload, asked, switching=_deploys(workload).exists())
        row = _asked(
            caller,
            known,
            workload,
            verb=rules.ROLLBACK,
            now=now,
            kind="rollback",
            asked_number=target,
            reason=reason[:2000],
        )
        enqueue("releases.rollback", {"deployment": row.uid}, key=f"releases.rollback:{row.uid}", now=now)
    return row.uid


def _deployed_workload(service: ServiceView, environment: str) -> Workload:
    _deployed_here(service, f"roadbed deploy report {service.name} --commit COMMIT --outcome rolledback")
    rules.checked_environment(environment)
    workload = Workload.objects.filter(service_uid=service.uid, environment=environment).first()
    if workload is None or workload.live_since is None:
        raise Conflict(
            f"{service.name} has never been live in {environment}.",
            remedy=f"Deploy it first: `roadbed deploy {service.name}`.",
            place=Place(field="environment"),
        )
    return workload


def _same_rollback(under_way: Deployment, asked: int | None) -> str:
    going_to = under_way.number or under_way.asked_number
    if asked is not None and going_to is not None and asked != going_to:
        raise Conflict(
            f"{under_way.workload} is being rolled back to {rules.version_of(going_to)} already.",
            remedy=f"Wait for it: `roadbed status {under_way.service_name}`.",
        )
    return under_way.uid


def _target(workload: Workload, asked: int | None, *, switching: bool) -> int | None:
    if switching:
        # What serves changes at this moment, so the job decides when it has.
        return asked
    return target_of(workload, asked)


def target_of(workload: Workload, asked: int | None) -> int:
    """Which release a rollback brings back, by the records."""
    good = dict(Release.objects.filter(workload=workload, state=rules.GOOD).values_list("number", "withdrawn"))
    withdrawn = [number for number, out in good.items() if out]
    return rules.rollback_target(serving=workload.serving, good=good, withdrawn=withdrawn, to=asked)


def _deploys(workload: Workload) -> QuerySet[Deployment]:
    return Deployment.objects.filter(workload=workload.name, verb=rules.DEPLOY, state__in=queries.ACTIVE)


def _before_switch(workload: Workload) -> QuerySet[Deployment]:
    return _deploys(workload).exclude(step__in=["switch", "drain"])


def _cancel_deploy(writing: Unit, workload: Workload, *, now: datetime) -> None:
    """End a deployment that has not switched; its job sees at its next step that it no longer counts."""
    row = _before_switch(workload).first()
    if row is None:
        return
    failure = {
        "step": row.step,
        "detail": f"Cancelled: {writing.caller.name} asked for a rollback. Nothing that served was changed.",
        "remedy": f"Deploy again when it is mended: `roadbed deploy {row.service_name}`.",
    }
    steps = rules.end_steps(row.steps, now=now, failed=True)
    ended = _before_switch(workload).update(state=rules.FAILED, failure=failure, finished_at=now, steps=steps)
    if ended and row.number is not None:
        record_failed(writing, row, detail=failure["detail"], now=now)


def preview_rollback(
    caller: Caller, service: str, *, environment: str = rules.PRODUCTION, to: str | None = None
) -> RollbackPreview:
    """What a rollback would change, and what would stay; changes nothing.

    Raises:
        Conflict: when there is nothing to roll back to, with what there is.
    """
    known = catalog.require_service(service)
    authorise(caller, "read")
    workload = _deployed_workload(known, environment)
    target = target_of(workload, None if to is None else rules.number_of(to))
    numbers = [number for number in (workload.serving, target) if number is not None]
    rows = {row.number: row for row in Release.objects.filter(workload=workload, number__in=numbers)}
    then = rows[target]
    now_serving = rows.get(workload.serving) if workload.serving is not None else None
    serving_commit = now_serving.commit if now_serving else ""
    waiting = _before_switch(workload).first()
    return RollbackPreview(
        service=known.name,
        environment=environment,
        serving=rules.version_of(workload.serving),
        serving_commit=serving_commit,
        target=rules.version_of(target),
        target_commit=then.commit,
        target_live_at=then.live_at,
        commits=_commits(known.location, since=then.commit, until=serving_commit),
        brings_in=_commits(known.location, since=serving_commit, until=then.commit),
        configuration=rules.configuration_changes(now_serving.configuration if now_serving else {}, then.configuration),
        secrets=tuple(sorted(then.secret_versions)),
        cancels=waiting.uid if waiting else None,
    )


def _commits(location: str, *, since: str, until: str) -> tuple[str, ...] | None:
    if not since or not until:
        return None
    try:
        commits = board.code_host().commits(location, since=since, until=until, limit=50)
    except CodeUnavailable:
        return None
    return tuple(f"{commit.sha[:8]} {commit.subject}" for commit in commits)


def request_stop(caller: Caller, service: str, *, environment: str = rules.PRODUCTION, now: datetime) -> str:
    """Ask for a service to be stopped; its releases stay, and a deployment or rollback starts it again."""
    known = catalog.require_service(service)
    authorise(caller, "service.stop", team=known.owner)
    workload = _deployed_workload(known, environment)
    with unit(caller, now=now):
        _nothing_under_way(workload.name)
        Workload.objects.filter(pk=workload.pk).update(stopped=True)
        payload = {"workload": workload.name, "service": known.name, "by": _kept(caller)}
        return enqueue("releases.stop", payload, key=f"releases.stop:{workload.name}", now=now)
