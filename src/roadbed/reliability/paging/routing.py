"""Whom an alert goes to and why: who is accountable on the day, their rotation at the instant, then the fallback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.hours import in_words, within
from roadbed.ground.catalog.queries import EngagementView, ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.reliability.paging.planning import WEEKLY, Plan
from roadbed.reliability.paging.policies.resolving import Directory, Standing, own_of
from roadbed.reliability.paging.rules.escalation import Policy
from roadbed.reliability.paging.rules.methods import HIGH, urgency_of
from roadbed.reliability.paging.rules.owning import OWNER, SHARED, Decided, Side, decide
from roadbed.reliability.paging.rules.policies.wording import in_words as policy_in_words
from roadbed.reliability.paging.rules.schedules.following import Order
from roadbed.reliability.paging.rules.schedules.values import OVERRIDE

DEMO: Final = "It is demo data, so nobody but the demo's own people is paged, and their channels send nothing."


@dataclass(frozen=True, slots=True)
class Route:
    """A policy with the reasons for it, as they are frozen with an alert.

    `low` takes the place of both for an alert that is not urgent, where the team tells that apart.
    """

    team: str
    by: str
    policy: Policy
    why: tuple[str, ...]
    breach: str = ""
    low: tuple[Policy, tuple[str, ...]] | None = None

    def of(self, severity: int) -> tuple[Policy, tuple[str, ...]]:
        """The policy of an alert of a severity, with the reasons."""
        return (self.policy, self.why) if self.low is None or urgency_of(severity) == HIGH else self.low

    def frozen(self, severity: int) -> dict[str, Any]:
        """What is frozen with it; one that is not urgent keeps what it follows when it becomes so."""
        policy, _ = self.of(severity)
        return policy.as_data() | ({} if policy is self.policy else {"urgent": self.policy.as_data()})


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whom of a team a page goes to at an instant, and why."""

    team: str
    policy: Policy
    why: tuple[str, ...]
    low: tuple[Policy, tuple[str, ...]] | None = None


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
        low = turn.low and (turn.low[0], (decided.said, *turn.low[1]))
        return Route(turn.team, decided.by, turn.policy, (decided.said, *turn.why), decided.breach, low)

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
    directory = Directory(now, demo_data)
    standing = directory.team(team.name, view=team) if team else None
    demo_said = (DEMO,) if demo_data else ()
    own = own_of(team.uid) if team else None
    if standing is None or own is None:
        return _Turn(
            team.name if team else name, directory.usual(standing), (_said_of_plan(name, standing), *demo_said)
        )
    policies, version = own
    said = (*_said_of_order(name, standing), *demo_said)
    high, *low = (
        (directory.of_chain(chain, standing, version=version), (*said, policy_in_words(chain, name, version)))
        for chain in policies.chains
    )
    return _Turn(standing.view.name, *high, low[0] if low else None)


def _said_of_plan(name: str, team: Standing | None) -> str:
    if team is None:
        return f"There is no team {name}, so the fallback is paged: the administrators."
    if not team.members:
        return f"Nobody is in {name}, so the fallback is paged: the administrators."
    order = team.order
    if team.plan is None or order is None or not order.people:
        return f"{name} has no rotation, so everybody in it is paged."
    (said,) = _said_of_order(name, team)
    if order.person is None:
        return f"{said.rstrip('.')}, so who comes next is paged: {_name(order.people[0])}."
    return said


def _said_of_order(name: str, team: Standing) -> tuple[str, ...]:
    """Whom a team's rotation or schedule names."""
    plan, order = team.plan, team.order
    if plan is None or order is None:
        return ()
    what = "rotation" if plan.kind == WEEKLY else "schedule"
    if order.person is None:
        return (f"The {what} of {name} names nobody now.",)
    layer = order.layer or ""
    by = ", by an override," if layer == OVERRIDE else f", by its layer {layer}," if plan.kind != WEEKLY else ""
    return (f"The {what} of {name} names {_name(order.person)}{by} {_until(plan, order)}.",)


def _name(uid: str) -> str:
    return Person.objects.filter(uid=uid).values_list("name", flat=True).first() or "somebody unknown"


def _until(plan: Plan, order: Order) -> str:
    if order.until is None:
        return "and nobody takes over"
    zone = plan.schedule.zone
    return f"until {order.until.astimezone(zone):%a %-d %B %H:%M}, {zone.key}"
