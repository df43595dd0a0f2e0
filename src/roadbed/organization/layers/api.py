"""The layers over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.organization.layers import queries

router = Router(tags=["layers"])


class MeasureOut(Schema):
    """One thing that a layer is measured on; null is no data."""

    name: str
    value: str | None
    note: str
    supplier: str = Field(description="Where nothing supplies it yet, what would.")


class GapOut(Schema):
    """Something thin: state is warn, bad or unknown."""

    state: str
    text: str


class LayerOut(Schema):
    """One layer: who answers for it, what it is measured on, where it is thin."""

    key: str
    name: str
    title: str
    known_as: str
    accountable: str
    teams: list[str]
    leads: list[str]
    agreed: list[str]
    measures: list[MeasureOut]
    gaps: list[GapOut]


class PictureOut(Schema):
    """The organization; a small one is shown as one team, without layers."""

    people: int
    teams: int
    services: int
    small: bool
    layers: list[LayerOut]
    as_of: datetime | None


@router.get("/layers", response=PictureOut)
def show_layers(request: HttpRequest) -> Any:
    """Delivery, reliability and platform side by side."""
    authorise(caller(request), "read")
    return asdict(queries.picture(now=timezone.now()))
