"""Whom an alert goes to and why: who is accountable on the day, their rotation at the instant, then the fallback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.hours import in_words, within
from roadbed.ground.catalog.queries import EngagementView, ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
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


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whom of a team a page goes to at an instant, and why."""

    team: str
    policy: Policy
    why: tuple[str, ...]


@dataclass
class Desk:
    """What routing reads at an instant, each part once for all the pages that are opened then."""

    now: datetime
    _teams: dict[str, TeamView | None] = field(default_factory=dict)
    _engaged: dict[str, EngagementView | None] = field(default_factory=dict)
    _demo: dict[str, bool] = field(default_factory=dict)
    _turns: dict[tuple[str, bool], _Turn] = field(default_factory=dict)

    def learn(self, service_uids: Iterable[str]) -> None:
        """Read at once what will be asked about these services."""
        fresh = [uid for uid in dict.fromkeys(service_uids) if uid not in self._engaged]
        if fresh:
            found, of_demo = catalog.engaged(fresh, on=self.now.date()), demo.of_demo(fresh)
            self._engaged |= {uid: found.get(uid) for uid in fresh}
            self._demo |= {uid: uid in of_demo for uid in fresh}

    def team(self, name: str) -> TeamView | None:
        """A team by its name."""
        if name not in self._teams:
            self._teams[name] = people.team(name)
        return self._teams[name]

    def route(self, service: ServiceView, *, owner: str = "") -> Route:
        """Where an alert about a service goes; with `owner`, about a journey of that team over it."""
        self.learn([service.uid])
        return self.routed(self._decided(service, owner), demo_data=self._demo[service.uid])

    def routed(self, decided: Decided, *, demo_data: bool = False) -> Route:
        """Whom of the team that was decided on a page goes to, step by step."""
        key = (decided.team, demo_data)
        if key not in self._turns:
            self._turns[key] = _turn(decided.team, self.team(decided.team), demo_data=demo_data, now=self.now)
        turn = self._turns[key]
        return Route(turn.team, decided.by, turn.policy, (decided.said, *turn.why), decided.breach)

    def _side(self, name: str) -> Side:
        team = self.team(name)
        return Side(team.name, team.layer) if team else Side(name)

    def _decided(self, service: ServiceView, owner: str) -> Decided:
        if owner:
            return Decided(owner, OWNER, f"{owner} owns the journey, so it is paged, whoever owns {service.name}.")
        found = self._engaged[service.uid]
        if found is None:
            return decide(service.name, owner=self._side(service.owner))
        shared = found.kind == SHARED
        return decide(
            service.name,
            owner=self._side(service.owner),
            engaged=self._side(found.team),
            kind=found.kind,
            hours=in_words(found.owner_hours) if shared else "",
            owners_turn=shared and within(found.owner_hours, self.now),
        )


def route_of(service: ServiceView, *, now: datetime, owner: str = "") -> Route:
    """Where one alert about a service goes at an instant; with `owner`, about a journey of that team over it."""
    return Desk(now).route(service, owner=owner)


def _turn(name: str, team: TeamView | None, *, demo_data: bool, now: datetime) -> _Turn:
    members = () if team is None else _active(tuple(member.uid for member in team.members))
    plan = plan_of(team.uid, now=now) if team else None
    order = order_of(plan.schedule, now) if plan else None
    last_resort, demo_said = fallback(), tuple[str, ...]()
    if demo_data:
        members, last_resort = tuple(uid for uid in members if demo.is_demo(uid)), ()
        demo_said = (DEMO,)
    asked = () if order is None else (order.people if order.person else (None, *order.people))
    policy = policy_of(asked, members, last_resort, step_seconds=plan.step_seconds if plan else STEP_SECONDS)
    why = (_said_of_plan(name, plan, order, known=team is not None, members=len(members)), *demo_said)
    return _Turn(team.name if team else name, policy, why)


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
