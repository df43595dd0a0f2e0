"""Who stands behind the steps of a policy at an instant, and the policy that a page of a team follows then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ADMIN
from roadbed.reliability.paging.models import EscalationPolicy
from roadbed.reliability.paging.planning import Plan, plan_of
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS, Policy, own_policy, policy_of
from roadbed.reliability.paging.rules.owning import PLATFORM
from roadbed.reliability.paging.rules.policies.reading import read
from roadbed.reliability.paging.rules.policies.values import (
    EVERYBODY,
    LEAD,
    ON_CALL,
    PERSON,
    Chain,
    ChainStep,
    Policies,
    Target,
)
from roadbed.reliability.paging.rules.schedules.following import Order, order_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A team at an instant: who of it may sign in, its leads, its plan and the order by it."""

    view: TeamView
    members: tuple[str, ...]
    leads: tuple[str, ...]
    plan: Plan | None
    order: Order | None


@dataclass
class Directory:
    """Who is who at an instant, each team read once. Of demo data only the demo's own people are paged."""

    now: datetime
    demo_data: bool = False
    _teams: dict[str, Standing | None] = field(default_factory=dict)
    _people: dict[str, str | None] = field(default_factory=dict)

    def team(self, name: str, *, view: TeamView | None = None) -> Standing | None:
        """A team by its name; None for one that there is not."""
        if name not in self._teams:
            found = view or people.team(name)
            self._teams[name] = None if found is None else self._standing(found)
        return self._teams[name]

    def _standing(self, view: TeamView) -> Standing:
        uids = [member.uid for member in view.members]
        active = set(Person.objects.filter(uid__in=uids, is_active=True).values_list("uid", flat=True))
        if self.demo_data:
            active = {uid for uid in active if demo.is_demo(uid)}
        plan = plan_of(view.uid, now=self.now)
        return Standing(
            view=view,
            members=tuple(uid for uid in uids if uid in active),
            leads=tuple(member.uid for member in view.members if member.lead and member.uid in active),
            plan=plan,
            order=order_of(plan.schedule, self.now) if plan else None,
        )

    def behind(self, step: ChainStep, own: Standing) -> tuple[str, ...]:
        """The uids of whom a step pages now, each once."""
        return tuple(dict.fromkeys(uid for target in step.targets for uid in self._target(target, own)))

    def _target(self, target: Target, own: Standing) -> tuple[str, ...]:
        if target.kind == PERSON:
            return self._person(target.email)
        team = self.team(target.team) if target.team else own
        if team is None or crosses(team.view, own.view):
            return ()
        if target.kind == EVERYBODY:
            return team.members
        if target.kind == LEAD:
            return team.leads
        order = team.order
        # Where nobody is on call, who comes next is the second.
        place = 0 if target.kind == ON_CALL else int(bool(order and order.person))
        if order is None or (target.kind == ON_CALL and order.person is None):
            return ()
        return self._theirs(order.people[place : place + 1])

    def _person(self, email: str) -> tuple[str, ...]:
        if email not in self._people:
            rows = Person.objects.filter(email__iexact=email, is_active=True)
            self._people[email] = rows.values_list("uid", flat=True).first()
        uid = self._people[email]
        return self._theirs((uid,) if uid else ())

    def _theirs(self, uids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(uid for uid in uids if not self.demo_data or demo.is_demo(uid))

    def fallback(self) -> tuple[str, ...]:
        """Who is paged when nobody of the accountable team answers: the administrators."""
        if self.demo_data:
            return ()
        rows = Person.objects.filter(role=ADMIN, is_active=True).order_by("pk")
        return tuple(rows.values_list("uid", flat=True))

    def usual(self, own: Standing | None) -> Policy:
        """Roadbed's own steps: on call, the next one, the whole team, the fallback."""
        order, plan = (own.order, own.plan) if own else (None, None)
        asked = () if order is None else (order.people if order.person else (None, *order.people))
        seconds = plan.step_seconds if plan else STEP_SECONDS
        return policy_of(asked, own.members if own else (), self.fallback(), step_seconds=seconds)

    def of_chain(self, chain: Chain, own: Standing, *, version: int) -> Policy:
        """A team's own steps with whom each pages now."""
        behind = [self.behind(step, own) for step in chain.steps]
        return own_policy(chain, behind, self.fallback(), version=version)

    def anew(self, policy: Policy, team: str) -> Policy:
        """A frozen policy, the same steps, with whom each pages now."""
        own = self.team(team)
        if own is None:
            return policy
        if policy.chain is not None:
            return self.of_chain(policy.chain, own, version=policy.version)
        return replace(self.usual(own), step_seconds=policy.step_seconds, cycles=policy.cycles)


def crosses(team: TeamView, own: TeamView) -> bool:
    """Whether a policy would page a platform team for what it does not own."""
    return team.layer == PLATFORM != own.layer


def own_of(team_uid: str) -> tuple[Policies, int] | None:
    """A team's own policy with its version; None where it has Roadbed's."""
    row = EscalationPolicy.objects.filter(team__uid=team_uid).values_list("document", "version").first()
    return None if row is None else (_read(row[0]), row[1])


@lru_cache(maxsize=512)
def _read(document: str) -> Policies:
    return read(document, "escalation.yaml")
