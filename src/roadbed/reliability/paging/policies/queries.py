"""A team's escalation as pages and the API read it: as written, what it would do at an instant, what to mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.reliability.paging.models import Channel, EscalationPolicy
from roadbed.reliability.paging.policies.resolving import Directory, Standing, own_of
from roadbed.reliability.paging.policies.writing import FILE, checked
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.escalation import Policy
from roadbed.reliability.paging.rules.methods import HIGH, urgency_of
from roadbed.reliability.paging.rules.policies import walking
from roadbed.reliability.paging.rules.policies.values import ChainStep, Policies
from roadbed.reliability.paging.rules.policies.walking import Finding
from roadbed.reliability.paging.rules.policies.wording import steps_in_words
from roadbed.reliability.paging.rules.schedules.covering import AHEAD
from roadbed.reliability.paging.rules.schedules.rendering import render

ROUND_SHOWN: Final = 8
"""Steps that are shown where there is little room."""

MOST_INSTANTS: Final = 40


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A team's own policy as it was written; version 0 and no document where it has Roadbed's steps.

    `words` are the steps of what is urgent, `low_words` of what is not, where that is told apart.
    """

    team: str
    document: str
    version: int
    changed_at: datetime | None
    changed_by: str
    words: str
    low_words: str


@dataclass(frozen=True, slots=True)
class StopView:
    """A step at its time: the names of whom it would page, and of those in it who cannot be reached."""

    at: datetime
    round: int
    step: int
    name: str
    people: tuple[str, ...]
    unreachable: tuple[str, ...]
    fallback: bool


def policy(team: str) -> PolicyView:
    """What a team's pages follow."""
    found = team_named(team)
    row, own = EscalationPolicy.objects.filter(team__uid=found.uid).first(), own_of(found.uid)
    if row is None or own is None:
        return PolicyView(found.name, "", 0, None, "", "", "")
    low = own[0].low
    return PolicyView(
        found.name, row.document, row.version, row.changed_at, row.changed_by, steps_in_words(own[0].high),
        steps_in_words(low) if low else "",
    )  # fmt: skip


def preview(
    team: str, *, at: datetime, severity: int = 2, document: str | None = None, file: str = FILE
) -> tuple[StopView, ...]:
    """Whom a page that opens at an instant would page and when, while nobody acknowledges, up to the fallback.

    Args:
        team: its name.
        at: when it opens.
        severity: 1 and 2 are urgent.
        document: a policy to try out; the team's own, or Roadbed's steps, where it is None.
        file: what its faults name.

    Raises:
        Invalid: for faults of the document.
        NotFound: for an unknown team.
    """
    found, directory, standing = _asked(team, at)
    own = (checked(found, document, file), 0) if document is not None else own_of(found.uid)
    followed = _followed(directory, standing, own, severity)
    uids = {uid for step in followed.steps for uid in step.people}
    stops = walking.to_the_fallback(followed, at, _reachable(uids))
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    return tuple(
        StopView(
            one.at, one.cycle, one.step, one.name, tuple(names.get(uid, "somebody") for uid in one.people),
            tuple(names.get(uid, "somebody") for uid in one.unreachable), one.fallback,
        )
        for one in stops
    )  # fmt: skip


def _followed(directory: Directory, own: Standing, policies: tuple[Policies, int] | None, severity: int) -> Policy:
    if policies is None:
        return directory.usual(own)
    chain = policies[0].chain(urgent=urgency_of(severity) == HIGH)
    return directory.of_chain(chain, own, version=policies[1])


def lint(team: str, *, now: datetime, document: str | None = None, file: str = FILE) -> tuple[Finding, ...]:
    """What is wrong with a team's own policy, or a document, in the coming 72 h. Roadbed's steps have no findings."""
    found, _, _ = _asked(team, now)
    own = checked(found, document, file) if document is not None else (own_of(found.uid) or (None,))[0]
    if own is None:
        return ()
    books: dict[datetime, tuple[Directory, Standing]] = {}

    def people_of(step: ChainStep, at: datetime) -> tuple[str, ...]:
        if at not in books:
            _, directory, standing = _asked(team, at)
            books[at] = (directory, standing)
        directory, standing = books[at]
        return directory.behind(step, standing)

    instants = _instants(found, own, now)
    uids = {uid for chain in own.chains for step in chain.steps for at in instants for uid in people_of(step, at)}
    told = walking.lint(own, instants, people_of, _reachable(uids))
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    return tuple(
        Finding(one.rule, one.urgency, one.step, names.get(one.person, one.person), one.at, one.why, one.remedy)
        for one in told
    )


def _asked(team: str, at: datetime) -> tuple[TeamView, Directory, Standing]:
    found, directory = team_named(team), Directory(at)
    standing = directory.team(found.name, view=found)
    assert standing is not None  # noqa: S101 - the team is there
    return found, directory, standing


def _instants(team: TeamView, own: Policies, now: datetime) -> list[datetime]:
    """Now, and every hand-over of the coming hours in the schedules that the policy names."""
    directory = Directory(now)
    named = {target.team for chain in own.chains for step in chain.steps for target in step.targets} - {""}
    found = {now}
    for name in (team.name, *sorted(named)):
        standing = directory.team(name)
        schedule = standing.plan.schedule if standing and standing.plan else None
        for one in (schedule, schedule.standing_by if schedule else None):
            if one is not None and one.layers:
                found |= {slot.start for slot in render(one, now, now + AHEAD).slots}
    return sorted(found)[:MOST_INSTANTS]


def _reachable(uids: Iterable[str]) -> frozenset[str]:
    rows = Channel.objects.filter(removed_at=None, person__uid__in=list(uids), person__is_active=True)
    return frozenset(rows.exclude(verified_at=None).values_list("person__uid", flat=True))
