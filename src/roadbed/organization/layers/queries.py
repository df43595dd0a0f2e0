"""The organization's picture: people, teams, services and engagements of today with the layers' figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people import queries as people
from roadbed.organization.layers import measuring
from roadbed.organization.layers.rules import layers as rules
from roadbed.organization.layers.rules.layers import Picture, Service, Team


def picture(*, now: datetime) -> Picture:
    """Who answers for what, what it is measured on today, where it is thin."""
    active = {one.uid for one in people.people() if one.active}
    services = tuple(_services(now))
    teams = _teams(services, active)
    delivered = measuring.delivery_today(now)
    relied = measuring.reliability_today()
    owners = [team.name for team in teams if team.services]
    off = measuring.off_the_paths(services)
    instants = [today.as_of for today in (delivered, relied) if today is not None]
    return Picture(
        people=len(active),
        teams=len(teams),
        services=len(services),
        small=rules.is_small(len(active)),
        layers=(
            rules.delivery(teams, measuring.of_delivery(delivered), delivered.silent if delivered else ()),
            rules.reliability(
                teams,
                services,
                measuring.of_reliability(relied, services, owners, now),
                frozenset(relied.services if relied else ()),
            ),
            rules.platform(teams, len(active), measuring.of_platform(services), off),
        ),
        as_of=min((at for at in instants if at is not None), default=None),
    )


def _services(now: datetime) -> Iterable[Service]:
    engaged = {one.service_uid: one.team for one in catalog.engagements(on=now.date())}
    cursor: str | None = ""
    while cursor is not None:
        page = catalog.services(cursor=cursor, limit=200)
        for one in page.items:
            yield Service(one.uid, one.name, one.owner, engaged.get(one.uid, ""))
        cursor = page.next_cursor


def _teams(services: tuple[Service, ...], active: set[str]) -> tuple[Team, ...]:
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
