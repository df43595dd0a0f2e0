"""Whom an alert goes to and why: who is accountable on the day, their rotation at the instant, then the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.hours import in_words, within
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ADMIN
from roadbed.reliability.paging.planning import WEEKLY, Plan, plan_of
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS, Policy, policy_of
from roadbed.reliability.paging.rules.owning import OWNER, SHARED, Decided, Side, decide
from roadbed.reliability.paging.rules.schedules.following import Order, order_of
from roadbed.reliability.paging.rules.schedules.values import OVERRIDE

DEMO: Final = "It is demo data, so nobody but the demo's own people is paged, and their channels send nothing."


@dataclass(frozen=True, slots=True)
class Route:
    """A policy with the reasons for it, as they are frozen with an alert."""

    team: str
    by: str
    policy: Policy
    why: tuple[str, ...]
    breach: str = ""


def _side(name: str) -> Side:
    team = people.team(name)
    return Side(team.name, team.layer) if team else Side(name)


def _decided(service: ServiceView, owner: str, now: datetime) -> Decided:
    if owner:
        return Decided(owner, OWNER, f"{owner} owns the journey, so it is paged, whoever owns {service.name}.")
    found = next(iter(catalog.engagements(service.uid, on=now.date())), None)
    if found is None:
        return decide(service.name, owner=_side(service.owner))
    shared = found.kind == SHARED
    return decide(
        service.name,
        owner=_side(service.owner),
        engaged=_side(found.team),
        kind=found.kind,
        hours=in_words(found.owner_hours) if shared else "",
        owners_turn=shared and within(found.owner_hours, now),
    )


def route_of(service: ServiceView, *, now: datetime, owner: str = "") -> Route:
    """Where an alert about a service goes at an instant; with `owner`, about a journey of that team over it."""
    return routed(_decided(service, owner, now), demo_data=demo.is_demo(service.uid), now=now)


def routed(decided: Decided, *, demo_data: bool = False, now: datetime) -> Route:
    """Whom of the team that was decided on a page goes to, step by step."""
    name = decided.team
    team = people.team(name)
    members = () if team is None else _active(tuple(member.uid for member in team.members))
    plan = plan_of(team.uid, now=now) if team else None
    order = order_of(plan.schedule, now) if plan else None
    last_resort, demo_said = fallback(), tuple[str, ...]()
    if demo_data:
        members, last_resort = tuple(uid for uid in members if demo.is_demo(uid)), ()
        demo_said = (DEMO,)
    asked = () if order is None else (order.people if order.person else (None, *order.people))
    policy = policy_of(asked, members, last_resort, step_seconds=plan.step_seconds if plan else STEP_SECONDS)
    why = (decided.said, _said_of_plan(name, plan, order, known=team is not None, members=len(members)), *demo_said)
    return Route(team.name if team else name, decided.by, policy, why, decided.breach)


def fallback() -> tuple[str, ...]:
    """Who is paged when nobody of the accountable team answers: the administrators."""
    rows = Person.objects.filter(role=ADMIN, is_active=True).order_by("pk")
    return tuple(rows.values_list("uid", flat=True))


def _active(uids: tuple[str, ...]) -> tuple[str, ...]:
    active = set(Person.objects.filter(uid__in=uids, is_active=True).values_list("uid", flat=True))
    return tuple(uid for uid in uids if uid in active)


def _said_of_plan(name: str, plan: Plan | None, order: Order | None, *, known: bool, members: int) -> str:
    if not known:
        return f"There is no team {name}, so the fallback is paged: the administrators."
    if not members:
        return f"Nobody is in {name}, so the fallback is paged: the administrators."
    if plan is None or order is None or not order.people:
        return f"{name} has no rotation, so everybody in it is paged."
    what = "rotation" if plan.kind == WEEKLY else "schedule"
    names = dict(Person.objects.filter(uid__in=order.people[:1]).values_list("uid", "name"))
    first = names.get(order.people[0], "somebody unknown")
    if order.person is None:
        return f"The {what} of {name} names nobody now, so who comes next is paged: {first}."
    layer = order.layer or ""
    by = ", by an override," if layer == OVERRIDE else f", by its layer {layer}," if plan.kind != WEEKLY else ""
    return f"The {what} of {name} names {first}{by} {_until(plan, order)}."


def _until(plan: Plan, order: Order) -> str:
    if order.until is None:
        return "and nobody takes over"
    zone = plan.schedule.zone
    return f"until {order.until.astimezone(zone):%a %-d %B %H:%M}, {zone.key}"
