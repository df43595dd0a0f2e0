"""Who answers for each layer, what it is measured on and where it is thin, from charters, owners and engagements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALL: Final = 15
"""Under so many people nobody needs layers or levels: one team, shown as one."""

DELIVERY, RELIABILITY, PLATFORM = "delivery", "reliability", "platform"
LAYERS: Final = (DELIVERY, RELIABILITY, PLATFORM)
WARN, UNKNOWN, BAD = "warn", "unknown", "bad"
NAMED: Final = 3
MEND: Final = "Give its members to them or to the platform."


@dataclass(frozen=True, slots=True)
class Team:
    """A team as its charter and the catalogue tell it."""

    name: str
    title: str
    layer: str
    customers: str
    measured_on: str
    people: tuple[str, ...]
    leads: tuple[str, ...]
    services: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service with whoever answers for it; `engaged` is the SRE team that shares it today, else empty."""

    uid: str
    name: str
    owner: str
    engaged: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a layer is measured on.

    Attributes:
        value: in words; None where there is no data.
        note: what it rests on, or why there is none.
        supplier: where nothing in this Roadbed supplies it yet, what would; else empty.
    """

    name: str
    value: str | None
    note: str = ""
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something thin, with what to do: state is warn, bad or unknown."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: who answers for it, what it is measured on today, where it is thin.

    Attributes:
        agreed: what its teams' charters say that they are measured on.
    """

    key: str
    name: str
    title: str
    known_as: str
    accountable: str
    teams: tuple[str, ...]
    leads: tuple[str, ...]
    agreed: tuple[str, ...]
    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]


def is_small(people: int) -> bool:
    """Whether so few people need no layers."""
    return people < SMALL


def delivery(teams: Sequence[Team], measures: tuple[Measure, ...], silent: Sequence[str]) -> Layer:
    """Delivery: every owning team answers for its own changes; a team made owner of the layer is a warning sign."""
    owning = tuple(team.title for team in teams if team.services)
    owners = [team.title for team in teams if team.layer == DELIVERY]
    gaps = [
        Gap(
            WARN,
            f"{name}'s charter owns delivery. It is a goal of every team: give its members to them or to the platform.",
        )
        for name in owners
    ]
    if silent:
        said = "no deployment was ever told. Deploy with Roadbed, or report from your CD."
        gaps.append(Gap(UNKNOWN, f"{listed(silent)}: {said}"))
    return Layer(
        key=DELIVERY,
        name="Delivery",
        title="Faster, safer change",
        known_as="DevOps: a goal that everyone holds, never a team",
        accountable="Every owning team, for its own changes" if owning else "Nobody yet: no team owns a service",
        teams=owning,
        leads=(),
        agreed=(),
        measures=measures,
        gaps=tuple(gaps),
    )


def reliability(
    teams: Sequence[Team],
    services: Sequence[Service],
    measures: tuple[Measure, ...],
    promised: frozenset[str],
    on_call: frozenset[str] | None = None,
) -> Layer:
    """Reliability: the owner of each service, and the SRE team where an engagement says so.

    `on_call` names the teams of whom somebody is on call now; None is unknown, and no gap.
    """
    sre = [team for team in teams if team.layer == RELIABILITY]
    engaged: dict[str, list[str]] = {}
    for service in services:
        if service.engaged:
            engaged.setdefault(service.engaged, []).append(service.name)
    without = [service.name for service in services if service.uid not in promised]
    gaps = []
    if without:
        said = "no objective is promised. Define one in the service's OpenSLO file."
        gaps.append(Gap(UNKNOWN, f"{listed(without)}: {said}"))
    alone = [team.title for team in teams if team.services and on_call is not None and team.name not in on_call]
    if alone:
        said = "own services, and nobody is on call. Write a schedule, or a page has no one to go to."
        gaps.append(Gap(WARN, f"{listed(alone)}: {said}"))
    gaps += [
        Gap(WARN, f"{team.title} is a reliability team without an engagement. Record whom it helps, until when.")
        for team in sre
        if team.name not in engaged
    ]
    gaps += [
        Gap(WARN, f"{name} is engaged on {listed(on)}, and its charter does not say reliability.")
        for name, on in sorted(engaged.items())
        if name not in {team.name for team in sre}
    ]
    return Layer(
        key=RELIABILITY,
        name="Reliability",
        title="Who answers, how it is measured, when speed yields",
        known_as="SRE",
        accountable=_who_answers(services, engaged, sre),
        teams=tuple(sorted({*engaged, *(team.name for team in sre)})),
        leads=tuple(dict.fromkeys(lead for team in sre for lead in team.leads)),
        agreed=_agreed(sre),
        measures=measures,
        gaps=tuple(gaps),
    )


def _who_answers(services: Sequence[Service], engaged: Mapping[str, Sequence[str]], sre: Sequence[Team]) -> str:
    if not services:
        return "Nobody yet: there is no service"
    if not engaged:
        return "The owner of each service" + ("" if sre else ". There is no separate SRE team")
    shared = sum(map(len, engaged.values()))
    return f"The owner of each service; of {shared} of {len(services)} with an SRE team engaged"


def platform(teams: Sequence[Team], people: int, measures: tuple[Measure, ...], ways: Sequence[Service]) -> Layer:
    """Platform: the team whose charter says so, to the people who use it. `ways` are services off the golden paths."""
    own = [team for team in teams if team.layer == PLATFORM]
    members = {person for team in own for person in team.people}
    gaps = []
    if not own:
        gaps.append(
            Gap(
                WARN,
                "No team's charter says platform. Somebody has to answer for the golden paths and for Roadbed itself.",
            )
        )
    gaps += [
        Gap(WARN, f"{team.title}'s charter does not say {missing}.") for team in own if (missing := _missing(team))
    ]
    if ways:
        names = listed([one.name for one in ways])
        gaps.append(Gap(UNKNOWN, f"{names}: made on no golden path, so no update reaches them."))
    called = " and ".join(team.title for team in own)
    users = max(0, people - len(members))
    return Layer(
        key=PLATFORM,
        name="Platform",
        title="The internal product that makes owning a service cheap",
        known_as="Platform engineering",
        accountable=f"{called}, to the {users} people who use it, and for Roadbed itself" if own else "Nobody yet",
        teams=tuple(team.name for team in own),
        leads=tuple(dict.fromkeys(lead for team in own for lead in team.leads)),
        agreed=_agreed(own),
        measures=measures,
        gaps=tuple(gaps),
    )


def _missing(team: Team) -> str:
    asked = {"who its customers are": team.customers, "what it is measured on": team.measured_on}
    return " or ".join(said for said, there in asked.items() if not there)


def _agreed(teams: Sequence[Team]) -> tuple[str, ...]:
    return tuple(f"{team.title}: {team.measured_on}" for team in teams if team.measured_on)


def listed(names: Sequence[str]) -> str:
    """A few names, and how many more."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
