"""Gathers what the layers are told from: each room asked once, each table read once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final, TypeVar

from roadbed.ground import asks
from roadbed.ground.asks import Ask
from roadbed.ground.asks.advice import DiagnosticStanding
from roadbed.ground.asks.counted import GoldenPaths, PeoplePaged, TeamsOnCall
from roadbed.ground.asks.figures import DeliveryFigures, ReliabilityFigures, ReliabilityToday
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Unavailable
from roadbed.ground.ledger.queries import actors_of
from roadbed.ground.people import queries as people
from roadbed.organization.layers import standing
from roadbed.organization.layers.rules.known import Known
from roadbed.organization.layers.rules.layers import Service, Team

DAYS: Final = 28
ITSELF: Final = "roadbed"
DEPLOYED: Final = ("service.deployed", "service.upgraded")
MOST_DEPLOYMENTS: Final = 500
"""The newest so many tell who deploys; more would say nothing else and cost the page its speed."""

A = TypeVar("A")


def known(*, now: datetime) -> Known:
    """All of it, as of now."""
    active = people.active_uids()
    services = _services(now)
    since = now - timedelta(days=DAYS)
    return Known(
        now=now,
        people=active,
        teams=_teams(services, active),
        services=services,
        delivered=_put(DeliveryFigures(now=now, days=DAYS)),
        relied=_put(ReliabilityFigures()),
        own=_own(services),
        on_call=_put(TeamsOnCall(now)),
        made=_put(GoldenPaths()),
        paged=_put(PeoplePaged(since, now)),
        deployers=actors_of(DEPLOYED, since=since, limit=MOST_DEPLOYMENTS),
        standing=_put(DiagnosticStanding(now)),
        roles=standing.roles(),
        circumstances=standing.circumstances(),
        previous_stage=standing.previous_stage(),
    )


def _put(question: Ask[A]) -> A | None:
    try:
        return asks.put(question)
    except Unavailable:
        return None


def _own(services: tuple[Service, ...]) -> ReliabilityToday | None:
    itself = next((one.uid for one in services if one.name == ITSELF), None)
    return None if itself is None else _put(ReliabilityFigures((itself,)))


def _services(now: datetime) -> tuple[Service, ...]:
    engaged = {one.service_uid: one.team for one in catalog.engagements(on=now.date())}
    return tuple(Service(one.uid, one.name, one.owner, engaged.get(one.uid, "")) for one in catalog.owned())


def _teams(services: tuple[Service, ...], active: frozenset[str]) -> tuple[Team, ...]:
    owned = Counter(one.owner for one in services)
    return tuple(
        Team(
            name=team.name,
            title=team.title,
            layer=team.layer,
            customers=team.customers,
            measured_on=team.measured_on,
            people=tuple(member.uid for member in team.members if member.uid in active),
            leads=tuple(member.name for member in team.members if member.lead and member.uid in active),
            services=owned[team.name],
        )
        for team in people.teams()
    )
