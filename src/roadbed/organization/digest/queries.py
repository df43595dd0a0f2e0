"""Reading digests: what somebody wants, what their teams have, and what became of the last ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.people.models import Membership, Person
from roadbed.organization.digest.models import Issue, Preference, TeamDefault
from roadbed.organization.digest.rules.scheduling import DAYS, WEEK, Clock, due

SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team, and whether its members get digests unless they say otherwise."""

    team: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class IssueView:
    """One digest: waiting, sending, sent, empty (nothing to tell, so not sent), failed or unknown."""

    week: str
    due_at: datetime
    state: str
    subject: str
    error: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What somebody wants. `wanted` is on, off or team; `sends` whether that comes to digests, `next_at` when."""

    wanted: str
    day: str
    hour: int
    zone: str
    sends: bool
    next_at: datetime | None
    teams: tuple[TeamView, ...]
    issues: tuple[IssueView, ...]


def settings_of(person: Person, *, now: datetime) -> Settings:
    """One person's."""
    row = Preference.objects.filter(person=person).first()
    clock = Clock(row.weekday, row.hour, row.zone) if row else Clock()
    teams = teams_of(person)
    said = None if row is None else row.on
    sends = said if said is not None else any(one.wanted for one in teams)
    issues = Issue.objects.filter(person=person).order_by("-due_at")[:SHOWN]
    return Settings(
        wanted={True: "on", False: "off", None: "team"}[said],
        day=DAYS[clock.weekday],
        hour=clock.hour,
        zone=clock.zone,
        sends=sends,
        next_at=due(clock, now=now + WEEK) if sends else None,
        teams=teams,
        issues=tuple(
            IssueView(one.week, one.due_at, one.state, one.subject, one.error, one.ended_at) for one in issues
        ),
    )


def teams_of(person: Person) -> tuple[TeamView, ...]:
    """The teams of a person with their defaults."""
    rows = Membership.objects.filter(person=person, team__archived_at=None).order_by("team__name")
    wanted = set(TeamDefault.objects.values_list("team_id", flat=True))
    return tuple(TeamView(name, pk in wanted) for pk, name in rows.values_list("team_id", "team__name"))


def team_wants(team: str) -> bool:
    """Whether a team's members get digests unless they say otherwise."""
    return TeamDefault.objects.filter(team__name=team, team__archived_at=None).exists()
