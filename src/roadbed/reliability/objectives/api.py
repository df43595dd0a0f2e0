"""Objectives over HTTP: list, look, chart, apply, end, exclude time, push counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import NotFound
from roadbed.ground.people.rules import authorise
from roadbed.reliability.objectives import decided, policy_api, previewing, queries, usecases
from roadbed.reliability.objectives.burning import burn_rates
from roadbed.reliability.objectives.journeys import api as journeys_api
from roadbed.reliability.objectives.reports import api as reports_api
from roadbed.reliability.objectives.rolled import api as rolled_api
from roadbed.reliability.objectives.schemas import (
    AppliedOut,
    ApplyIn,
    AttributionOut,
    ObjectiveDetail,
    ObjectiveFilters,
    ObjectiveList,
    ObjectiveOut,
    ServiceObjectives,
)
from roadbed.reliability.objectives.shapes_of_charts import BurnDownOut
from roadbed.reliability.objectives.shapes_of_counts import CountIn, PushedOut
from roadbed.reliability.objectives.shapes_of_exclusions import (
    ExclusionIn,
    ExclusionList,
    ExclusionOut,
    ExclusionPreview,
)
from roadbed.reliability.objectives.shapes_of_history import BudgetDecisionList, BurnRatesOut

router = Router(tags=["objectives"])
router.add_router("", policy_api.router)
router.add_router("", journeys_api.router)
router.add_router("", rolled_api.router)
router.add_router("", reports_api.router)


@router.get("/objectives", response=ObjectiveList)
def list_objectives(request: HttpRequest, asked: Query[ObjectiveFilters]) -> Any:
    """Objectives of all services, those that need a person first."""
    authorise(caller(request), "read")
    return queries.objectives(
        text=asked.q,
        owner=asked.owner,
        tier=asked.tier,
        system=asked.system,
        standing=asked.standing,
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )


@router.get("/objectives/{uid}", response=ObjectiveDetail)
def show_objective(request: HttpRequest, uid: str) -> Any:
    """One objective with its windows, alerts, forecast and versions."""
    authorise(caller(request), "read")
    page = queries.require_objective(uid)
    flat = {name: getattr(page, name) for name in ObjectiveDetail.model_fields if hasattr(page, name)}
    flat |= {name: getattr(page.view, name) for name in ObjectiveOut.model_fields}
    return flat | {"pairs": [{**asdict(pair), "words": words} for pair, words in page.pairs]}


@router.get("/objectives/{uid}/burn-down", response=BurnDownOut)
def show_burn_down(request: HttpRequest, uid: str, points: Annotated[int, Query(ge=2, le=400)] = 400) -> Any:
    """The budget over the window, and how each minute of it was."""
    authorise(caller(request), "read")
    chart = queries.burn_down(uid, points=points)
    if chart is None:
        raise NotFound("It was not evaluated yet.", remedy="Ask again in 10 s; the worker evaluates it.")
    return chart


@router.get("/objectives/{uid}/attribution", response=AttributionOut)
def show_attribution(request: HttpRequest, uid: str) -> Any:
    """What spent the budget: incidents, deployments, and the unattributed rest, adding up exactly."""
    authorise(caller(request), "read")
    found = queries.attribution(uid)
    if found is None:
        raise NotFound("It was not evaluated yet.", remedy="Ask again in 10 s; the worker evaluates it.")
    return found


@router.get("/objectives/{uid}/burn-rates", response=BurnRatesOut)
def show_burn_rates(request: HttpRequest, uid: str, alert: Annotated[str, Query(max_length=60)] = "") -> Any:
    """How fast the budget burned over both windows of one of its alerts, by its name; the first where none is named."""
    authorise(caller(request), "read")
    pairs = queries.require_objective(uid).pairs
    found = burn_rates(uid, pair=alert or next((pair.name for pair, _ in pairs), ""))
    if found is None:
        names = ", ".join(pair.name for pair, _ in pairs)
        raise NotFound(
            f"It has no alert {alert!r}." if names else "It was not evaluated yet.",
            remedy=f"It has {names}." if names else "Ask again in 10 s; the worker evaluates it.",
        )
    return found


@router.get("/objectives/{uid}/decisions", response=BudgetDecisionList)
def list_decisions_of_objective(
    request: HttpRequest, uid: str, cursor: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Any:
    """The gate's decisions in which the objective's policy answered, newest first, with the rule and its version."""
    authorise(caller(request), "read")
    view = queries.require_objective(uid).view
    return decided.decisions_of(view.uid, view.service_uid, cursor=cursor, limit=limit)


@router.post("/objectives/{uid}/counts", response=PushedOut)
def push_counts(request: HttpRequest, uid: str, body: list[CountIn]) -> Any:
    """Push minutes that somebody else counted, up to 10,000 a request; the same minute again replaces it."""
    rows = [usecases.CountRow(one.timestamp, one.good, one.total) for one in body]
    return usecases.push(caller(request), uid, rows, now=timezone.now())


@router.post("/objectives/{uid}/refill", response={202: None})
def refill_counts(request: HttpRequest, uid: str) -> Status[None]:
    """Read the whole window again from the source of counts, after it came to know more of the past."""
    usecases.refill(caller(request), uid, now=timezone.now())
    return Status(202, None)


@router.delete("/objectives/{uid}", response={204: None})
def end_objective(request: HttpRequest, uid: str) -> Status[None]:
    """End an objective that was applied; one that a repository defines ends there."""
    usecases.remove(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.get("/services/{name}/objectives", response=ServiceObjectives)
def list_of_service(request: HttpRequest, name: str) -> Any:
    """A service's objectives, and why its file was not read where it has faults."""
    authorise(caller(request), "read")
    service = require_service(name)
    return {"items": queries.objectives_of(service.uid), "error": queries.read_error(service.uid)}


@router.get("/services/{name}/exclusions", response=ExclusionList)
def list_exclusions(request: HttpRequest, name: str, *, withdrawn: bool = False) -> Any:
    """Time that does not count for a service's objectives; with `withdrawn` also what counts again."""
    authorise(caller(request), "read")
    return {"items": queries.exclusions(require_service(name).uid, withdrawn=withdrawn)}


@router.post("/services/{name}/exclusions", response={201: ExclusionOut})
def exclude_time(request: HttpRequest, name: str, body: ExclusionIn) -> Any:
    """Take time out of a promise, before or after the fact."""
    uid = usecases.exclude(
        caller(request),
        name,
        objective=body.objective,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        rrule=body.rrule,
        zone=body.zone,
        reason=body.reason,
        now=timezone.now(),
    )
    made = queries.exclusions(require_service(name).uid)
    return Status(201, next(one for one in made if one.uid == uid))


@router.post("/services/{name}/exclusions/preview", response=ExclusionPreview)
def preview_exclusion(request: HttpRequest, name: str, body: ExclusionIn) -> Any:
    """What taking this time out would change, objective by objective; it changes nothing."""
    authorise(caller(request), "read")
    service = require_service(name)
    usecases.check_exclusion(body.starts_at, body.ends_at, body.rrule, body.zone, body.reason)
    of = usecases.objective_named(service.uid, service.name, body.objective) if body.objective else ""
    found = previewing.excluding(previewing.Wish(service.uid, of, body.starts_at, body.ends_at, body.rrule, body.zone))
    times = [{"starts_at": starts, "ends_at": ends} for starts, ends in found.times]
    return {"effects": found.effects, "times": times, "more": found.more}


@router.delete("/exclusions/{uid}", response={204: None})
def withdraw_exclusion(request: HttpRequest, uid: str) -> Status[None]:
    """Let excluded time count again; the record of it stays."""
    usecases.withdraw(caller(request), uid, now=timezone.now())
    return Status(204, None)


@router.post("/services/{name}/objectives", response=AppliedOut)
def apply_objectives(request: HttpRequest, name: str, body: ApplyIn) -> Any:
    """Apply an OpenSLO text: all of it, or nothing with every fault named."""
    return usecases.apply(caller(request), name, text=body.text, file=body.file, now=timezone.now())
