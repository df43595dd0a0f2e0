"""Journeys over HTTP: list, look, apply, end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import NotFound
from roadbed.ground.people.rules import authorise
from roadbed.reliability.objectives.journeys import queries
from roadbed.reliability.objectives.journeys.chart import journey_burn_down
from roadbed.reliability.objectives.journeys.defining import apply_journeys, remove_journey
from roadbed.reliability.objectives.journeys.schemas import (
    JourneyBurnDownOut,
    JourneyFilters,
    JourneyList,
    JourneyOut,
    JourneysAppliedOut,
    JourneysIn,
    JourneyVersionList,
)

router = Router(tags=["journeys"])


@router.get("/journeys", response=JourneyList)
def list_journeys(request: HttpRequest, asked: Query[JourneyFilters]) -> Any:
    """Journeys over several services, those that need a person first."""
    authorise(caller(request), "read")
    return {"items": queries.journeys(owner=asked.owner, standing=asked.standing, text=asked.q)}


@router.post("/journeys", response=JourneysAppliedOut)
def apply_file_of_journeys(request: HttpRequest, body: JourneysIn) -> Any:
    """Apply a file of journeys: all of it, or nothing with every fault named."""
    return apply_journeys(caller(request), text=body.text, file=body.file, now=timezone.now())


@router.get("/journeys/{name}", response=JourneyOut)
def show_journey(request: HttpRequest, name: str) -> Any:
    """One journey with its steps: which of them spent its budget, adding up exactly."""
    authorise(caller(request), "read")
    return queries.journey(name)


@router.get("/journeys/{name}/burn-down", response=JourneyBurnDownOut)
def show_journey_burn_down(request: HttpRequest, name: str) -> Any:
    """The budget of a journey over its window."""
    authorise(caller(request), "read")
    found = journey_burn_down(queries.journey(name).uid)
    if found is None:
        raise NotFound("It was not evaluated yet.", remedy="Ask again in 20 s; the worker evaluates it.")
    return found


@router.get("/journeys/{name}/versions", response=JourneyVersionList)
def list_journey_versions(request: HttpRequest, name: str) -> Any:
    """The versions of a journey, newest first, with who said so."""
    authorise(caller(request), "read")
    return {"items": queries.versions(queries.journey(name).uid)}


@router.delete("/journeys/{name}", response={204: None})
def end_journey(request: HttpRequest, name: str) -> Status[None]:
    """End a journey that was applied; one that a repository defines ends there."""
    remove_journey(caller(request), name, now=timezone.now())
    return Status(204, None)
