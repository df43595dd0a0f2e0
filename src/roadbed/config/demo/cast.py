"""Brings the company's people in: invited, in their teams, in rotations, with channels that reach nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from roadbed.config.demo import company, rota
from roadbed.ground.demo import rules
from roadbed.ground.demo import usecases as demo
from roadbed.ground.people import usecases
from roadbed.ground.people.rules import MEMBER, ROADBED, Caller
from roadbed.reliability.paging import links, shifts
from roadbed.reliability.paging import usecases as paging
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.policies import writing
from roadbed.reliability.paging.swaps import asking

OWN_STEPS = "storefront"
STEPS = """\
# On call and second together at once, then the lead as well; what can wait is for who is on call alone.
steps:
  - {page: [on-call, second], wait: 10 min}
  - {page: [lead, everybody], wait: 10 min}
repeat: 2
acknowledgement_timeout: 1 h
low_urgency:
  steps:
    - {page: on-call, wait: 1 h}
  repeat: 2
"""
"""The escalation policy of that team."""

ALSO_HERE = "tracking"
"""The team that the first admin joins, so that what needs somebody stands on their home page."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The company's people as callers, by name, and the crews of its teams."""

    people: Mapping[str, Caller]

    def of(self, team: str) -> tuple[str, ...]:
        """The names of a team."""
        return tuple(one.name for one in company.PEOPLE if one.team == team)


def bring_in(*, first_admin: str, now: datetime, days: int) -> Cast:
    """Invite everybody, make the teams with their charters, and let the first admin look over one team's shoulder."""
    began = now - timedelta(days=days, hours=8)
    for team in company.TEAMS:
        uid = usecases.create_team(
            ROADBED, name=team.name, title=team.title, layer=team.layer, customers=team.customers,
            measured_on=team.measured_on, now=began,
        )  # fmt: skip
        demo.belongs(ROADBED, rules.TEAM, [uid], now=began)
    people = {}
    for one in company.PEOPLE:
        uid = usecases.invite_person(ROADBED, email=one.email, name=one.name, now=began)
        demo.belongs(ROADBED, rules.PERSON, [uid], now=began)
        usecases.join_team(ROADBED, team=one.team, email=one.email, lead=one.lead, now=began)
        people[one.name] = Caller(uid=uid, name=one.name, role=MEMBER, teams=frozenset({one.team}))
    usecases.join_team(ROADBED, team=ALSO_HERE, email=first_admin, now=now)
    return Cast(people)


def put_on_call(cast: Cast, *, now: datetime, days: int) -> None:
    """Give the teams their rotations, and everybody but two a confirmed channel."""
    began = rotations_began(now, days)
    for one in company.PEOPLE:
        if one.channel:
            _reach(cast.people[one.name], one.email, now=began)
    emails = {one.name: one.email for one in company.PEOPLE}
    for team in company.TEAMS:
        if team.rotates:
            lead = next(cast.people[one.name] for one in company.PEOPLE if one.team == team.name and one.lead)
            order = rota.names_for(team, began=began, now=now)
            paging.set_rotation(
                lead, team.name, emails=tuple(emails[name] for name in order), weekday=team.weekday, at=rota.AT,
                zone=company.ZONE, now=began,
            )  # fmt: skip
    _take_turns_otherwise(cast, emails, now=now)


def escalate_otherwise(cast: Cast, *, now: datetime) -> None:
    """From now on one team has steps of its own; all others, and the past, have Roadbed's."""
    team = next(team for team in company.TEAMS if team.name == OWN_STEPS)
    writing.set_policy(cast.people[team.rotates[0]], team.name, document=STEPS, now=now)


def _take_turns_otherwise(cast: Cast, emails: dict[str, str], *, now: datetime) -> None:
    """In the first team with three in turn the third is away soon, and the second covers a day of the first."""
    team = next(team for team in company.TEAMS if len(team.rotates) >= 3)  # noqa: PLR2004 - three people
    first, second, third = team.rotates[:3]
    day = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=2)
    paging.take_leave(
        cast.people[third], starts_at=day + timedelta(days=2), ends_at=day + timedelta(days=7), why="holiday", now=now
    )
    paging.cover(
        cast.people[first], team.name, person=emails[second], starts_at=day, ends_at=day + timedelta(days=1), now=now
    )
    _ask_for_a_day(cast, team, emails, now=now)


def _ask_for_a_day(cast: Cast, team: company.Team, emails: dict[str, str], *, now: datetime) -> None:
    """Whoever has a whole day in the week after asks another of the company to take it; nobody has answered yet."""
    begin = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=8)
    uids = {cast.people[name].uid: name for name in team.rotates}
    for number in range(7):
        start, end = begin + timedelta(days=number), begin + timedelta(days=number + 1)
        (shift, *others) = shifts.shifts(team.name, start=start, end=end, now=now)
        asker = uids.get(shift.person_uid or "")
        if asker is not None and not others:
            # By name, so that no message goes to the real admin who looks over the team's shoulder.
            other = next(name for name in team.rotates if name != asker)
            asking.ask(
                cast.people[asker], team.name, starts_at=start, ends_at=end, to=emails[other], note="a wedding", now=now
            )
            return


def rotations_began(now: datetime, days: int) -> datetime:
    """When the company's rotations began."""
    return now - timedelta(days=days, hours=7)


def _reach(caller: Caller, email: str, *, now: datetime) -> None:
    made = paging.add_channel(caller, kind=Channel.SMTP, address=email, now=now)
    paging.send_test(made.uid, now=now, last_attempt=True)
    secret = links.channel_link(made.uid).rsplit("/", 1)[1]
    paging.confirm_channel(secret, now=now + timedelta(minutes=2))
