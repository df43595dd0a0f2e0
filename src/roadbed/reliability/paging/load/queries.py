"""What everything here reads: who was on call, the rules in force, and who may see whose figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller
from roadbed.reliability.paging.load.models import Correction, PayRules, Served
from roadbed.reliability.paging.load.serving import rows_of
from roadbed.reliability.paging.planning import plan_of
from roadbed.reliability.paging.rules.load.pay import Rules, Stint, overlaid
from roadbed.reliability.paging.rules.load.reading import DEFAULT


@dataclass(frozen=True, slots=True)
class RulesView:
    """The rules of pay in force; version 0 are the ones that nobody wrote, without rates."""

    version: int
    document: str
    made_by: str
    made_at: datetime | None


def leads(caller: Caller, team: TeamView) -> bool:
    """Whether the caller answers for the team's people."""
    return caller.role in (ADMIN, SYSTEM) or any(one.lead and one.uid == caller.uid for one in team.members)


def rules_now() -> RulesView:
    """The rules in force."""
    row = PayRules.objects.order_by("-version").first()
    if row is None:
        return RulesView(0, DEFAULT, "", None)
    return RulesView(row.version, row.document, row.made_by, row.made_at)


def stints_of(team: TeamView, *, start: datetime, end: datetime, now: datetime, standby: bool = False) -> list[Stint]:
    """Who was on call in the part of a span that is past, or stood by, with what was corrected."""
    row = Team.objects.get(uid=team.uid)
    rows = Served.objects.filter(team=row, standby=standby)
    kept = list(rows.filter(ends_at__gt=start, starts_at__lt=end).order_by("starts_at"))
    last = rows.order_by("-ends_at").first()
    plan = plan_of(team.uid, now=now)
    until = min(end, now).replace(microsecond=0)
    if plan is not None:
        kept += rows_of(plan, row, since=last.ends_at if last else None, until=until, standby=standby)
    said = Correction.objects.filter(
        team=row, removed_at=None, ends_at__gt=start, starts_at__lt=end, standby=standby
    ).order_by("pk")
    zone = plan.schedule.zone.key if plan else "UTC"
    found = [Stint(one.starts_at, one.ends_at, one.person_uid, one.layer, one.zone) for one in kept]
    return overlaid(found, [Stint(one.starts_at, one.ends_at, one.person_uid, "correction", zone) for one in said])


def with_holidays(rules: Rules, team: TeamView, now: datetime) -> Rules:
    """The rules with the holidays of the team's schedule."""
    plan = plan_of(team.uid, now=now)
    extra = frozenset(plan.schedule.holidays) if plan else frozenset()
    clock = replace(rules.clock, holidays=rules.clock.holidays | extra)
    return replace(rules, clock=clock)


def names_of(uids: Iterable[str]) -> dict[str, str]:
    """Names by uid, of those who are known still."""
    return dict(Person.objects.filter(uid__in=set(uids)).values_list("uid", "name"))
