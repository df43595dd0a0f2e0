"""Whom an alert goes to and why: who is accountable on the day, their rotation at the instant, then the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ADMIN
from roadbed.reliability.paging.models import Rotation
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS, Policy, policy_of
from roadbed.reliability.paging.rules.shifts import Rotation as Turns
from roadbed.reliability.paging.rules.shifts import order_at, shift_at

DEMO: Final = "It is demo data, so nobody but the demo's own people is paged, and their channels send nothing."


@dataclass(frozen=True, slots=True)
class Route:
    """A policy with the reasons for it, as they are frozen with an alert."""

    team: str
    by: str
    policy: Policy
    why: tuple[str, ...]


def turns_of(row: Rotation) -> Turns:
    """A stored rotation as the arithmetic takes it."""
    return Turns(people=tuple(row.people), weekday=row.weekday, at=row.at, zone=row.zone, anchor=row.anchor)


def route_of(service: ServiceView, *, now: datetime, owner: str = "") -> Route:
    """Where an alert about a service goes at an instant; with `owner`, about a journey of that team over it."""
    accountable = None if owner else catalog.accountable(service.uid, on=now.date())
    name = accountable.team if accountable else owner or service.owner
    by = accountable.by if accountable else "owner"
    team = people.team(name)
    said = (
        f"{name} is engaged on {service.name} as SRE, so it is paged and not the owner, {service.owner}."
        if by == "engagement"
        else f"{service.name} has no SRE engagement, so its owner is paged: {name}."
    )
    if owner:
        said = f"{name} owns the journey, so it is paged, whoever owns {service.name}."
    members = () if team is None else _active(tuple(member.uid for member in team.members))
    row = Rotation.objects.filter(team__uid=team.uid).first() if team else None
    order = _active(order_at(turns_of(row), now)) if row else ()
    last_resort, demo_said = fallback(), tuple[str, ...]()
    if demo.is_demo(service.uid):
        members, last_resort = tuple(uid for uid in members if demo.is_demo(uid)), ()
        demo_said = (DEMO,)
    policy = policy_of(order, members, last_resort, step_seconds=row.step_seconds if row else STEP_SECONDS)
    why = (said, _said_of_rotation(name, row, order, now, known=team is not None, members=len(members)), *demo_said)
    return Route(team=team.name if team else name, by=by, policy=policy, why=why)


def fallback() -> tuple[str, ...]:
    """Who is paged when nobody of the accountable team answers: the administrators."""
    rows = Person.objects.filter(role=ADMIN, is_active=True).order_by("pk")
    return tuple(rows.values_list("uid", flat=True))


def _active(uids: tuple[str, ...]) -> tuple[str, ...]:
    active = set(Person.objects.filter(uid__in=uids, is_active=True).values_list("uid", flat=True))
    return tuple(uid for uid in uids if uid in active)


def _said_of_rotation(
    name: str, row: Rotation | None, order: tuple[str, ...], now: datetime, *, known: bool, members: int
) -> str:
    if not known:
        return f"There is no team {name}, so the fallback is paged: the administrators."
    if not members:
        return f"Nobody is in {name}, so the fallback is paged: the administrators."
    if row is None or not order:
        return f"{name} has no rotation, so everybody in it is paged."
    end = shift_at(turns_of(row), now).end.astimezone(ZoneInfo(row.zone))
    first = Person.objects.get(uid=order[0]).name
    return f"The rotation of {name} names {first} until {end:%a %-d %B %H:%M}, {row.zone}."
