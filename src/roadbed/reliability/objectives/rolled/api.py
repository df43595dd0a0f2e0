"""Roll-ups over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.objectives.rolled import queries
from roadbed.reliability.objectives.rolled.schemas import RollupDetail, RollupList

router = Router(tags=["roll-ups"])
Word = Annotated[str, Query(max_length=63, pattern=r"^[^\x00]*$")]


@router.get("/rollups", response=RollupList)
def list_rollups(request: HttpRequest, by: Word = "team") -> Any:
    """Objectives by `team`, `system` or `organization`: how they stand, what was attained, what is worst."""
    authorise(caller(request), "read")
    return {"items": queries.groups(by)}


@router.get("/rollups/{by}/{name}", response=RollupDetail)
def show_rollup(request: HttpRequest, by: str, name: str, state: Word = "") -> Any:
    """One group with the objectives behind its figures; the organization is named all."""
    authorise(caller(request), "read")
    return queries.group(by, name, state=state)
