"""The demo over HTTP: whether there is one, and its removal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.demo import queries, usecases
from roadbed.ground.people.rules import authorise

router = Router(tags=["demo"])


class DemoOut(Schema):
    """The demo as it stands; with the state `none` everything else is null or zero."""

    state: Literal["none", "making", "standing", "removing"]
    organization: str | None = None
    made_at: datetime | None = None
    seconds: float | None = None
    facts: int = 0
    people: int = 0
    teams: int = 0
    entities: int = 0
    running: str = ""


class DemoRemovalOut(Schema):
    """The job that removes it."""

    job: str


@router.get("/demo", response=DemoOut, operation_id="show_demo")
def show_demo(request: HttpRequest) -> Any:
    """Whether this Roadbed holds demo data, and how much of it."""
    authorise(caller(request), "read")
    found = queries.present()
    if found is None:
        return {"state": "none"}
    counted = queries.counts()
    return asdict(found) | {"people": counted["person"], "teams": counted["team"], "entities": counted["entity"]}


@router.delete("/demo", response={202: DemoRemovalOut}, operation_id="remove_demo")
def remove_demo(request: HttpRequest) -> Any:
    """Have every trace of the demo removed; what you made yourself stays. Ask GET /demo until its state is none."""
    return Status(202, {"job": usecases.request_removal(caller(request), now=timezone.now())})
