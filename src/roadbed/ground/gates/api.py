"""The gates over HTTP: may this change go out? For the CLI, for any CD, for Argo Rollouts and for Flagger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import ValidationError

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Forbidden, Invalid, Place
from roadbed.ground.gates import overriding, queries, unreached
from roadbed.ground.gates.checking import check
from roadbed.ground.gates.schemas import (
    CheckIn,
    ConfirmIn,
    DecisionOut,
    DecisionPage,
    DisputeList,
    FlaggerIn,
    GateCountsOut,
    MeasureIn,
    OverrideIn,
    OverrideList,
    OverrideOut,
    UnreachedKept,
    UnreachedList,
    UnreachedReport,
    VerdictOut,
)
from roadbed.ground.people.queries import caller_of_token
from roadbed.ground.people.rules import Caller, authorise

router = Router(tags=["gates"])


@router.post("/gate/check", response=VerdictOut, operation_id="check_gate")
def check_gate(request: HttpRequest, body: CheckIn) -> Any:
    """Ask every gate; the answer is recorded. A denial is an answer, so it comes with status 200."""
    return check(caller(request), body, now=timezone.now())


@router.get("/gate/check", response=VerdictOut, operation_id="measure_gate")
def measure_gate(request: HttpRequest, asked: Query[MeasureIn]) -> Any:
    """The same for what can only GET, like the web metric of Argo Rollouts: read `value` from the answer."""
    return check(caller(request), CheckIn(**asked.model_dump()), now=timezone.now())


@router.post(
    "/gate/flagger", response={200: VerdictOut, 403: VerdictOut}, auth=None, operation_id="confirm_for_flagger"
)
def confirm_for_flagger(request: HttpRequest, body: FlaggerIn) -> Any:
    """Flagger's `confirm-*` webhooks: 200 lets the canary go on, 403 holds it.

    Flagger sends no headers of one's own, so `metadata.token` may hold a token; it must be limited to `gate.ask`.
    """
    known = body.metadata or {}
    asked = _asked(known, known.get("service") or body.name.removesuffix("-primary").removesuffix("-canary"))
    answer = check(_flagger(request, known.get("token", "")), asked, now=timezone.now())
    return Status(200 if answer["passes"] else 403, answer)


def _asked(metadata: dict[str, str], service: str) -> CheckIn:
    given = {name: metadata[name] for name in ("environment", "kind", "commit") if metadata.get(name)}
    try:
        return CheckIn.model_validate({"service": service, **given})
    except ValidationError as fault:
        first = fault.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"The webhook's metadata {field} is not usable: {first['msg']}.",
            remedy="service, environment, kind and commit are read, as `roadbed gate check` takes them.",
            place=Place(field=f"metadata.{field}"),
        ) from None


def _flagger(request: HttpRequest, token: str) -> Caller:
    header = request.headers.get("Authorization", "")
    found = None
    if header.startswith("Bearer "):
        found = caller_of_token(header.removeprefix("Bearer "), now=timezone.now())
    elif token:
        found = caller_of_token(token, now=timezone.now())
        if found is not None and found.scopes != frozenset({"gate.ask"}):
            raise Forbidden(
                "A token in a webhook's metadata can be read by many.",
                remedy="Make one that may do nothing else: `roadbed token create flagger --scope gate.ask`.",
                place=Place(field="metadata.token"),
            )
    if found is None:
        raise Forbidden("No token, or one that is not valid.", remedy="Put one into the webhook's metadata as token.")
    return found


@router.get("/gate/decisions", response=DecisionPage, operation_id="list_gate_decisions")
def list_decisions(request: HttpRequest, service: str = "", answer: str = "", cursor: str = "", limit: int = 50) -> Any:
    """What the gate answered, newest first; `answer` is refused, overridden, warned, unknown or allowed."""
    authorise(caller(request), "read")
    uid = require_service(service).uid if service else ""
    return queries.decisions(uid, answer=answer, cursor=cursor, limit=limit)


@router.get("/gate/decisions/{uid}", response=DecisionOut, operation_id="get_gate_decision")
def get_decision(request: HttpRequest, uid: str) -> Any:
    """One answer, as it was given then."""
    authorise(caller(request), "read")
    return queries.decision(uid)


@router.get("/gate/overrides", response=OverrideList, operation_id="list_gate_overrides")
def list_overrides(request: HttpRequest, service: str = "") -> Any:
    """Overrides of the last 90 days."""
    authorise(caller(request), "read")
    uid = require_service(service).uid if service else ""
    return {"items": queries.overrides(uid, now=timezone.now())}


@router.post("/gate/overrides", response={201: OverrideOut}, operation_id="override_gate")
def override_gate(request: HttpRequest, body: OverrideIn) -> Any:
    """Let one refused commit out for a while. It is a fact, shown in every verdict that it changes, and counted."""
    now = timezone.now()
    if not -100 < body.hours < 100:  # noqa: PLR2004 - beyond it a duration makes no sense at all
        raise Invalid("An override lasts at most 4 h.", place=Place(field="hours"))
    uid = overriding.override(
        caller(request),
        body.service,
        commit=body.commit,
        reason=body.reason,
        lasts=timedelta(hours=body.hours),
        environment=body.environment,
        decision=body.decision,
        now=now,
    )
    service = require_service(body.service).uid
    made = next(view for view in queries.overrides(service, now=now) if view.uid == uid)
    return Status(201, made)


@router.get("/gate/disputes", response=DisputeList, operation_id="list_disputed_kinds")
def list_disputes(request: HttpRequest) -> Any:
    """Declared kinds that wait for a second person."""
    authorise(caller(request), "read")
    return {"items": queries.open_disputes()}


@router.post("/gate/confirmations", response={204: None}, operation_id="confirm_kind")
def confirm_kind(request: HttpRequest, body: ConfirmIn) -> Any:
    """Confirm, as a second person, that a change is what another one declared."""
    overriding.confirm_kind(caller(request), body.service, commit=body.commit, kind=body.kind, now=timezone.now())
    return Status(204, None)


@router.post("/gate/unreachable", response=UnreachedKept, operation_id="report_unreachable_gate")
def report_unreachable(request: HttpRequest, body: UnreachedReport) -> Any:
    """Tell of changes that went out while no answer could be had; each becomes a fact, once."""
    told = [unreached.Use(**use.model_dump()) for use in body.uses]
    return {"recorded": unreached.report(caller(request), told, now=timezone.now())}


@router.get("/gate/unreachable", response=UnreachedList, operation_id="list_unreachable_gate")
def list_unreachable(request: HttpRequest, service: str = "") -> Any:
    """Changes of the last 90 days that went out without an answer."""
    authorise(caller(request), "read")
    uid = require_service(service).uid if service else ""
    return {"items": unreached.uses(uid, now=timezone.now())}


@router.get("/gate/counts", response=GateCountsOut, operation_id="count_gate_answers")
def count_answers(request: HttpRequest, service: str = "") -> Any:
    """How often the gate was asked, refused, was overridden and disagreed with, in 90 days."""
    authorise(caller(request), "read")
    uid = require_service(service).uid if service else ""
    return queries.counts(uid, now=timezone.now())
