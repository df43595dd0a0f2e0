"""Escalation policies over HTTP: written, shown, tried out, looked through."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.paging.policies import queries, schemas, writing

router = Router(tags=["paging"])


@router.get("/teams/{name}/escalation", response=schemas.EscalationOut, operation_id="show_escalation")
def show(request: HttpRequest, name: str) -> Any:
    """A team's escalation policy as it was written."""
    authorise(caller(request), "read")
    return queries.policy(name)


@router.put("/teams/{name}/escalation", response=schemas.EscalationOut, operation_id="set_escalation")
def write(request: HttpRequest, name: str, body: schemas.EscalationPolicyIn) -> Any:
    """Give a team its own steps; pages that are open keep what they began with."""
    writing.set_policy(caller(request), name, document=body.document, file=body.file, now=timezone.now())
    return queries.policy(name)


@router.delete("/teams/{name}/escalation", response={204: None}, operation_id="end_escalation")
def end(request: HttpRequest, name: str) -> Status[None]:
    """Take a team's own steps away; it has Roadbed's then."""
    writing.end_policy(caller(request), name, now=timezone.now())
    return Status(204, None)


@router.post("/teams/{name}/escalation/preview", response=list[schemas.StopOut], operation_id="preview_escalation")
def preview(request: HttpRequest, name: str, body: schemas.TriedIn) -> Any:
    """Whom a page would reach and when, while nobody acknowledges. Changes nothing."""
    authorise(caller(request), "read")
    at = body.at or timezone.now()
    return list(queries.preview(name, at=at, severity=body.severity, document=body.document, file=body.file))


@router.post("/teams/{name}/escalation/lint", response=list[schemas.PolicyFindingOut], operation_id="lint_escalation")
def lint(request: HttpRequest, name: str, body: schemas.LintedIn) -> Any:
    """Steps that nobody holds, people who cannot be reached, steps that are over too soon. Changes nothing."""
    authorise(caller(request), "read")
    return list(queries.lint(name, now=timezone.now(), document=body.document, file=body.file))
