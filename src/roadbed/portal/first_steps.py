"""The first steps: what to do with an empty Roadbed, each step's being done measured, never ticked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from roadbed.ground.catalog import queries as catalog
from roadbed.platform.paths.views import address_of
from roadbed.platform.releases.serving import serving_of
from roadbed.reliability.objectives.lowest import lowest_of

if TYPE_CHECKING:
    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.ground.people.models import Person
    from roadbed.ground.people.rules import Caller

OWN: Final = "roadbed"
"""Roadbed's own name in its own catalogue."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, whether it is done, and the one thing that does it."""

    title: str
    detail: str
    done: bool
    url: str = ""
    action: str = ""
    command: str = ""


def other_services() -> tuple[ServiceView, ...]:
    """Some of the services besides Roadbed itself; a handful is enough to see whether a step is done."""
    return tuple(service for service in catalog.services(limit=20).items if service.name != OWN)


def steps(person: Person, caller: Caller, services: tuple[ServiceView, ...]) -> tuple[Step, ...]:
    """The five steps as they stand."""
    uids = [service.uid for service in services]
    deployed = serving_of(uids)
    promised = lowest_of(uids)
    first = services[0] if services else None
    name = first.name if first else "checkout"
    owner = min(caller.teams, default="team-payments")
    return (
        Step(
            "Sign in as the first owner",
            f"You are {person.name}. "
            + (
                "Invite others when you like."
                if person.has_usable_password()
                else "Set a password, so that you can come back."
            ),
            done=person.has_usable_password(),
            url=reverse("people:account"),
            action="Your account",
        ),
        Step(
            "Make a team",
            "A service is owned by exactly one team. You may be the only one in it.",
            done=bool(caller.teams),
            url=reverse("people:teams"),
            action="Make a team",
            command=f"roadbed team create {owner}",
        ),
        Step(
            "Put a service in the catalogue",
            "A new one from a golden path, or one that exists: adopting proposes an entry to agree to.",
            done=bool(services),
            url=reverse("paths:list"),
            action="New service",
            command=f"roadbed new python-http-service {name} --owner {owner}",
        ),
        Step(
            "Make it live",
            "It is built, started, and takes traffic when it is ready. Your own CD can report instead.",
            done=bool(deployed),
            url=reverse("portal:deploy", args=[first.name]) if first else "",
            action=f"Deploy {first.name}" if first else "",
            command=f"roadbed deploy {name}",
        ),
        Step(
            "See its promise measured",
            "Requests are counted at the edge, whatever its language. Its budget appears a minute after the first one.",
            done=any(low.remaining is not None for low in promised.values()),
            url=reverse("objectives:list"),
            action="Objectives",
            command=f"curl {address_of(name)}",
        ),
    )
