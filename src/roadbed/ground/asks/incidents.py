"""The question to which incident a page belongs, put by whoever shows the page."""

from __future__ import annotations

from dataclasses import dataclass

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class IncidentOfPage(Ask["IncidentNamed | None"]):
    """The incident that a page opened or joined; None where there is none."""

    service_uid: str
    page: str


@dataclass(frozen=True, slots=True)
class IncidentNamed:
    """An incident by its name; a private one is told without its title and its lead."""

    name: str
    title: str
    status: str
    lead: str
