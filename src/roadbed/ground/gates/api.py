"""The gates over HTTP: may this change go out?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.gates import usecases
from roadbed.ground.gates.rules import Question, unknown_passes
from roadbed.ground.people.rules import authorise

router = Router(tags=["gates"])


class CheckIn(Schema):
    """The change that one asks about."""

    service: Annotated[str, Field(description="The service's name or uid.", min_length=1, max_length=130)]
    environment: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")] = "production"
    kind: Literal["feature", "fix", "reliability", "security", "config", "rollback"] = "feature"
    commit: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z._/-]*$")] = ""


class ReasonOut(Schema):
    """One rule's answer, with the figures it rests on and what would clear it."""

    rule: str
    outcome: str
    text: str
    figures: dict[str, Any]
    as_of: datetime | None
    clears: str


class VerdictOut(Schema):
    """The answer of all gates together; `exit_code` is what `roadbed gate check` exits with."""

    service: str
    kind: str
    declared_kind: str
    commit: str
    outcome: Literal["allow", "warn", "deny", "unknown"]
    passes: bool
    exit_code: int
    asked_at: datetime
    reasons: list[ReasonOut]


@router.post("/gate/check", response=VerdictOut, operation_id="check_gate")
def check(request: HttpRequest, body: CheckIn) -> Any:
    """Ask every gate; the answer is recorded. A denial is an answer, so it comes with status 200."""
    authorise(caller(request), "gate.ask")
    service = require_service(body.service)
    question = Question(
        service_uid=service.uid,
        service_name=service.name,
        environment=body.environment,
        kind=body.kind,
        commit=body.commit,
        declared_kind=body.kind,
    )
    passes = unknown_passes(service.annotations)
    verdict = usecases.ask(caller(request), question, now=timezone.now(), unknown_passes=passes)
    return usecases.as_data(question, verdict)
