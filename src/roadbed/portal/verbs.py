"""What one can do, found by typing a verb: `roll checkout`, `ack`, `open incident`, `new`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import may
from roadbed.portal.glance import slug_of
from roadbed.reliability.paging import queries as paging

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.ground.people.rules import Caller

MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to do or somewhere to go."""

    label: str
    url: str
    icon: str
    kind: str


@dataclass(frozen=True, slots=True)
class ServiceVerb:
    """Something that is done to a service, by every word that people have for it."""

    permission: str
    label: str
    page: str
    icon: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainVerb:
    """Something that is done without naming a service."""

    permission: str
    label: str
    page: str
    anchor: str
    icon: str
    kind: str
    names: tuple[str, ...]


OF_SERVICES: Final = (
    ServiceVerb(
        "service.rollback",
        "Roll back {}",
        "portal:roll-back",
        "arrow-back-up",
        ("roll", "back", "rollback", "revert", "undo"),
    ),
    ServiceVerb("service.deploy", "Deploy {}", "portal:deploy", "rocket", ("deploy", "release", "ship")),
)
PLAIN: Final = (
    PlainVerb(
        "path.scaffold", "New service on a golden path", "paths:list", "", "route", "Golden paths",
        ("new", "create", "service", "scaffold"),
    ),
    PlainVerb(
        "incident.write", "Open an incident", "incidents:list", "#open", "urgent", "Incidents",
        ("open", "incident", "declare", "report"),
    ),
    PlainVerb("freeze.write", "Declare a freeze", "freezes:list", "#h-new", "calendar", "Freezes", ("freeze",)),
    PlainVerb("flag.write", "New flag", "flags:new", "", "flag", "Flags", ("new", "create", "flag")),
    PlainVerb(
        "subscription.write", "New subscription", "subscriptions:new", "", "send", "Subscriptions",
        ("new", "create", "subscription", "webhook", "cdevents"),
    ),
)  # fmt: skip
ACKNOWLEDGE: Final = ("acknowledge", "ack", "answer", "page", "take")


def verbs(caller: Caller, text: str) -> tuple[Hit, ...]:
    """What the words name, of what the caller may do; with no words, how to begin."""
    words = text.lower().split()
    hits = [
        Hit(verb.label, reverse(verb.page) + verb.anchor, verb.icon, verb.kind)
        for verb in PLAIN
        if may(caller, verb.permission).allowed and _names(verb.names, words, else_=verb.page == "paths:list")
    ]
    if _names(ACKNOWLEDGE, words, else_=False) and may(caller, "page.acknowledge").allowed:
        hits += _unanswered()
    meant = [verb for verb in OF_SERVICES if any(name.startswith(word) for word in words for name in verb.names)]
    if not meant:
        return tuple(hits)
    rest = " ".join(word for word in words if not any(name.startswith(word) for verb in meant for name in verb.names))
    for service in catalog.services(q=rest, limit=MOST).items:
        hits.extend(_do(caller, service, meant))
    return tuple(hits[: 2 * MOST])


def _names(names: tuple[str, ...], words: list[str], *, else_: bool) -> bool:
    """Whether every word begins one of the names; without words, as told."""
    return all(any(name.startswith(word) for name in names) for word in words) if words else else_


def _unanswered() -> list[Hit]:
    waiting = [one for one in paging.alerts(state="open").items if one.acknowledged_at is None]
    return [
        Hit(f"Acknowledge: {one.title}", reverse("paging:alert", args=[one.uid]), "bell-ringing", one.team)
        for one in waiting[:MOST]
    ]


def _do(caller: Caller, service: ServiceView, meant: Iterable[ServiceVerb]) -> list[Hit]:
    if service.annotations.get("roadbed.dev/deployed-by") == "external":
        return []
    return [
        Hit(verb.label.format(service.name), reverse(verb.page, args=[slug_of(service)]), verb.icon, "Service")
        for verb in meant
        if may(caller, verb.permission, team=service.owner).allowed
    ]
