"""Goals over HTTP: list, set, show, change, close, and what one can be set on."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.asks.measures import ORGANIZATION, SYSTEM, TEAM
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import authorise
from roadbed.organization.goals import queries, usecases
from roadbed.organization.goals.rules.targets import DIRECTIONS, checked_days
from roadbed.organization.goals.schemas import (
    GoalChange,
    GoalClosing,
    GoalIn,
    GoalList,
    GoalMetrics,
    GoalOut,
    GoalWhole,
)

router = Router(tags=["goals"])
Uid = Annotated[str, Field(max_length=64)]


@router.get("/goals", response=GoalList)
def list_goals(
    request: HttpRequest, *, scope: str = "", name: str = "", metric: str = "", state: str = "open",
    cursor: str | None = None, limit: int = 50,
) -> Any:  # fmt: skip
    """Goals, newest first; `state` is open, closed or all."""
    authorise(caller(request), "read")
    return queries.goals(scope=scope, name=name, metric=metric, state=state, cursor=cursor, limit=limit)


@router.get("/goals/metrics", response=GoalMetrics)
def list_goal_metrics(request: HttpRequest, *, team: str = "", system: str = "", days: int = 28) -> Any:
    """What a goal of a team, a system or, without either, everybody can be set on, and what it would begin with."""
    authorise(caller(request), "read")
    if team and system:
        raise Invalid("Name a team or a system, only one of them.", place=Place(field="system"))
    scope = TEAM if team else SYSTEM if system else ORGANIZATION
    found = queries.measurable(scope, team or system, days=checked_days(days), now=timezone.now())
    return {
        "items": [
            {"key": one.metric.key, "name": one.metric.name, "unit": one.metric.unit,
             "direction": DIRECTIONS[one.metric.better], "value": one.reading.value, "low": one.reading.low,
             "high": one.reading.high, "n": one.reading.n, "why": one.reading.why, "said": one.said}
            for one in found
        ]
    }  # fmt: skip


@router.post("/goals", response={201: GoalOut})
def set_goal(request: HttpRequest, body: GoalIn) -> Any:
    """Set a goal; where it begins is measured at once."""
    uid = usecases.set_goal(caller(request), **body.dict(), now=timezone.now())
    return Status(201, queries.goal(uid))


@router.get("/goals/{uid}", response=GoalWhole)
def show_goal(request: HttpRequest, uid: Uid) -> Any:
    """One goal with its readings, its wordings and what it tempts to."""
    authorise(caller(request), "read")
    return queries.goal_page(uid, now=timezone.now())


@router.patch("/goals/{uid}", response=GoalOut)
def change_goal(request: HttpRequest, uid: Uid, body: GoalChange) -> Any:
    """Word an open goal anew; the wording before stays on record."""
    usecases.change_goal(caller(request), uid, **body.dict(), now=timezone.now())
    return queries.goal(uid)


@router.post("/goals/{uid}/close", response=GoalOut)
def close_goal(request: HttpRequest, uid: Uid, body: GoalClosing) -> Any:
    """Close a goal with a note; how it came out is read from its figure of now."""
    usecases.close_goal(caller(request), uid, note=body.note, withdrawn=body.withdrawn, now=timezone.now())
    return queries.goal(uid)
