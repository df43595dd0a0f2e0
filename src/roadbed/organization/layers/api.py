"""The layers over HTTP, and what is entered about the organization: circumstances and open roles."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.organization.layers import queries, standing, usecases
from roadbed.organization.layers.schemas import (
    CircumstancesIn,
    CircumstancesOut,
    PictureOut,
    VacancyIn,
    VacancyList,
    VacancyOut,
)

router = Router(tags=["layers"])
Uid = Annotated[str, Field(max_length=64)]


@router.get("/layers", response=PictureOut)
def show_layers(request: HttpRequest) -> Any:
    """Delivery, reliability and platform side by side, with the advice that they ask for."""
    authorise(caller(request), "read")
    return asdict(queries.picture(now=timezone.now()))


@router.get("/organization", response=CircumstancesOut)
def show_organization(request: HttpRequest) -> Any:
    """What was entered that nobody can measure."""
    authorise(caller(request), "read")
    return standing.circumstances()


@router.patch("/organization", response=CircumstancesOut)
def change_organization(request: HttpRequest, body: CircumstancesIn) -> Any:
    """Enter what nobody can measure; null takes an earlier word back, what is left out stays."""
    told = replace(standing.circumstances(), **body.dict(exclude_unset=True))
    usecases.enter(caller(request), told, now=timezone.now())
    return standing.circumstances()


@router.get("/organization/roles", response=VacancyList)
def list_roles(request: HttpRequest) -> Any:
    """Vacancies, closed ones included, the newest first."""
    authorise(caller(request), "read")
    return {"items": list(standing.roles() or ())}


@router.post("/organization/roles", response={201: VacancyOut})
def open_role(request: HttpRequest, body: VacancyIn) -> Any:
    """Enter a vacancy, by the title in its advert."""
    uid = usecases.open_role(caller(request), title=body.title, team=body.team, now=timezone.now())
    return Status(201, next(one for one in standing.roles() or () if one.uid == uid))


@router.post("/organization/roles/{uid}/close", response=VacancyOut)
def close_role(request: HttpRequest, uid: Uid) -> Any:
    """Somebody was hired, or the search ended."""
    usecases.close_role(caller(request), uid, now=timezone.now())
    return next(one for one in standing.roles() or () if one.uid == uid)
