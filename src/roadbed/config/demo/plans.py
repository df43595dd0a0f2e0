"""What each service's deployments were: planned by one seed from the company's figures, oldest first; pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo import subjects, traffic
from roadbed.config.demo.company import Service, team_of
from roadbed.config.demo.stories import Story

SEED: Final = "kestrel-1"
PERIOD: Final = 28
EARLIER: Final = 0.7
"""The company deploys more than it did two months ago: then it was this share of today's pace."""

OPENS, CLOSES, FRIDAY = 7, 16, 4
SUCCESS, FAILURE, ROLLED_BACK = "success", "failure", "rolledback"


@dataclass(frozen=True, slots=True)
class Change:
    """One commit before it has a name: what it says, who wrote it, when it was written and when it was merged."""

    subject: str
    author: str
    authored_at: datetime
    committed_at: datetime
    body: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One deployment.

    Attributes:
        changes: what it carries, newest first; empty for a rollback, whose version is the one that it brings back.
    """

    at: datetime
    seconds: int
    version: int
    kind: str
    outcome: str
    by: str
    changes: tuple[Change, ...] = ()


def plan(service: Service, crew: tuple[str, ...], *, now: datetime, days: int) -> tuple[Planned, ...]:
    """The deployments of the last days, the newest as long ago as the company says."""
    if not service.deployed:
        return ()
    chance = random.Random(f"{SEED}:{service.name}")  # noqa: S311 - a picture, not a secret
    newest = traffic.before(now, minutes=service.hours_ago * 60)
    began = now - timedelta(days=days) + timedelta(hours=6)
    middle = max(began, newest - timedelta(days=PERIOD))
    found: list[Planned] = []
    for at in (
        *_times(chance, began, middle, pace=service.deployed * EARLIER / PERIOD),
        *_times(chance, middle, newest, pace=service.deployed / PERIOD),
    ):
        found.extend(_one(chance, service, crew, at, before=newest))
    found.sort(key=lambda one: one.at)
    last = _one_good(chance, service, crew, newest)
    return (*(one for one in found if one.at < newest - timedelta(hours=1)), last)


def with_stories(
    planned: Sequence[Planned], told: Sequence[Story], service: Service, *, now: datetime
) -> tuple[Planned, ...]:
    """The plan with what the stories deployed, nothing else going out while they last; numbered, oldest first."""
    newest = planned[-1:]
    kept = [one for one in planned[:-1] if not any(_disturbs(one, story, now) for story in told)]
    for story in told:
        if story.cause and story.begins(now) < newest[0].at:
            kept.extend(_told(story, service, now))
    return tuple(_numbered([*sorted(kept, key=lambda one: one.at), *map(_newest(service), newest)], service))


def _disturbs(one: Planned, story: Story, now: datetime) -> bool:
    begins = story.begins(now)
    return begins - timedelta(hours=3) < one.at < begins + timedelta(minutes=story.minutes, hours=2)


def _told(story: Story, service: Service, now: datetime) -> Iterator[Planned]:
    at = story.begins(now) - timedelta(minutes=3)
    written = at - timedelta(hours=service.lead_hours * 0.9)
    change = Change(_typed("feat", story.cause), story.by, written, at - timedelta(minutes=24))
    bad = Planned(at, 160, 0, "feature", SUCCESS, story.by, (change,))
    yield bad
    if story.remedy == "rollback":
        by = story.lead if team_of(story.lead) == service.team else story.by
        yield replace(bad, at=story.ends(now), kind="rollback", outcome=ROLLED_BACK, by=by, changes=(), seconds=19)
    elif story.remedy == "hotfix":
        fixed = story.ends(now)
        said = f"hotfix: undo “{story.cause}”"
        mend = _mending(said, story.lead, fixed, minutes=16)
        yield replace(bad, at=fixed, kind="fix", by=story.lead, changes=(mend,), seconds=88)


NEWEST: Final = {
    "parcel-tracking": (
        ("feat: serve arrival times from eta-predictor v2", "Tomasz Wierzba", 9.0),
        ("feat: name the ETA source in the answer", "Dele Akande", 7.5),
    ),
}
"""What the newest release of a service carries, where today's story tells of it."""


def _newest(service: Service) -> Callable[[Planned], Planned]:
    def told(one: Planned) -> Planned:
        if service.name not in NEWEST:
            return one
        changes = tuple(
            Change(subject, author, one.at - timedelta(hours=hours), one.at - timedelta(hours=2, minutes=33 + place))
            for place, (subject, author, hours) in enumerate(NEWEST[service.name])
        )
        return replace(one, kind="feature", by=changes[0].author, changes=changes)

    return told


def _times(chance: random.Random, start: datetime, end: datetime, *, pace: float) -> Iterator[datetime]:
    """So many instants a day between two, in working hours; what would fall on a weekend comes on the Monday after."""
    days = max(0.0, (end - start) / timedelta(days=1))
    count = round(pace * days)
    for number in range(count):
        day = start + (end - start) * ((number + chance.random()) / count)
        if day.weekday() > FRIDAY:
            day += timedelta(days=7 - day.weekday())
        at = traffic.working_time(day, hour=chance.randint(OPENS, CLOSES), minute=chance.randint(0, 59))
        if start <= at < end:
            yield at


def _one(
    chance: random.Random, service: Service, crew: tuple[str, ...], at: datetime, *, before: datetime
) -> Iterator[Planned]:
    good = _one_good(chance, service, crew, at)
    dice = chance.random()
    if dice > service.fails or at > before - timedelta(hours=20):
        yield good
        return
    minutes = chance.randint(14, 75)
    if dice < service.fails * 0.62:
        yield good
        back = at + timedelta(minutes=minutes)
        yield replace(good, at=back, kind="rollback", outcome=ROLLED_BACK, changes=(), seconds=19)
    else:
        yield good
        yield _hotfix(chance, crew, good, at + timedelta(minutes=minutes))


def _hotfix(chance: random.Random, crew: tuple[str, ...], broken: Planned, at: datetime) -> Planned:
    author = chance.choice(crew)
    change = _mending(subjects.HOTFIX, author, at, minutes=11)
    return replace(broken, at=at, kind="fix", by=author, changes=(change,), seconds=chance.randint(70, 140))


def _mending(said: str, author: str, at: datetime, *, minutes: int) -> Change:
    """A fix that names what broke it, written so many minutes before it was live."""
    return Change(said, author, at - timedelta(minutes=minutes), at - timedelta(minutes=6), "Caused by {broken}.")


def _one_good(chance: random.Random, service: Service, crew: tuple[str, ...], at: datetime) -> Planned:
    kind, pool = _kind(chance, service.team)
    by = chance.choice(crew)
    changes = []
    for number in range(chance.choice((1, 1, 1, 2, 2, 3))):
        hours = service.lead_hours * chance.lognormvariate(0, 0.8)
        authored = at - timedelta(hours=hours, minutes=3 * number)
        merged = max(authored, at - timedelta(minutes=chance.randint(9, 40) + 2 * number))
        author = by if number == 0 else chance.choice(crew)
        changes.append(Change(chance.choice(pool), author, authored, merged))
    return Planned(at, chance.randint(95, 260), 0, kind, SUCCESS, by, tuple(changes))


def _typed(kind: str, said: str) -> str:
    """A sentence as the subject of a commit that names its kind."""
    return f"{kind}: {said[0].lower()}{said[1:]}"


def _kind(chance: random.Random, team: str) -> tuple[str, tuple[str, ...]]:
    dice = chance.random()
    if dice < 0.62:  # noqa: PLR2004 - the company's mix
        return "feature", tuple(_typed("feat", said) for said in subjects.FEATURES[team])
    if dice < 0.82:  # noqa: PLR2004 - the company's mix
        return "fix", subjects.FIXES[team]
    return "maintenance", subjects.UPKEEP


def _numbered(found: list[Planned], service: Service) -> Iterator[Planned]:
    """Give versions and numbers of pull requests, so that the newest version has the company's number.

    A rollback brings back what was live before the live one; a hotfix names the pull request that broke it.
    """
    version = service.version - sum(one.outcome == SUCCESS for one in found)
    request = 4 * version + 31
    live: list[int] = []
    for one in found:
        if one.outcome == ROLLED_BACK:
            if len(live) > 1:
                live.append(live[-2])
                yield replace(one, version=live[-1])
            continue
        version += 1
        live.append(version)
        changes = []
        for change in reversed(one.changes):
            body = change.body.format(broken=f"#{request}")
            request += 1
            changes.append(replace(change, subject=f"{change.subject} (#{request})", body=body))
        yield replace(one, version=version, changes=tuple(reversed(changes)))
