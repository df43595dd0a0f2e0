"""Puts the company's services into the catalogue: repositories with every change that was deployed, and promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo import agreed, company, files, plans, repositories, runbook_files
from roadbed.config.demo.cast import Cast
from roadbed.config.demo.company import Service
from roadbed.config.demo.plans import Change, Planned
from roadbed.config.demo.repositories import Entry
from roadbed.config.demo.stories import Story
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.demo import rules
from roadbed.ground.demo import usecases as demo
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.paths.usecases import adopt_service, scaffold_service
from roadbed.platform.runbooks import repository
from roadbed.reliability.objectives import usecases as objectives
from roadbed.reliability.objectives.defining import Origin, take_over
from roadbed.reliability.objectives.models import Objective

SYSTEMS_REPOSITORY: Final = "kestrel-systems"
PROMISED_FOR: Final = timedelta(days=31, hours=2)


@dataclass(frozen=True, slots=True)
class Listed:
    """A service in the catalogue, with its deployments and the commits that each change became."""

    service: Service
    uid: str
    deployments: tuple[Planned, ...]
    commits: Mapping[Change, str]

    def head_of(self, version: int) -> str:
        """The commit that a version was built from."""
        found = next(one for one in self.deployments if one.version == version and one.changes)
        return self.commits[found.changes[0]]


def fill(cast: Cast, stories: Sequence[Story], *, now: datetime, days: int) -> dict[str, Listed]:
    """Make all of it; answers the services by name."""
    began = now - timedelta(days=days, hours=6)
    _systems(now=began)
    listed = {}
    for service in company.SERVICES:
        ordinary = plans.plan(service, cast.of(service.team), now=now, days=days)
        told = [story for story in stories if story.service == service.name and (story.goes_on or story.days < days)]
        planned = plans.with_stories(ordinary, told, service, now=now)
        listed[service.name] = _one(cast, service, planned, began=began, now=now)
    return listed


def _systems(*, now: datetime) -> None:
    location = repositories.create(SYSTEMS_REPOSITORY)
    demo.belongs(ROADBED, rules.REPOSITORY, [location], now=now)
    entry = Entry("Name our systems", "", "Priya Raman", now, now, (("catalog-info.yaml", files.systems()),))
    repositories.write(location, [entry])
    registered = catalog.register_location(ROADBED, location=location, now=now)
    demo.belongs(ROADBED, rules.ENTITY, [one.uid for one in registered.entities], now=now)


def _one(cast: Cast, service: Service, planned: tuple[Planned, ...], *, began: datetime, now: datetime) -> Listed:
    lead = next(one.name for one in company.PEOPLE if one.team == service.team and one.lead)
    caller = cast.people[lead]
    if service.path:
        answers = {"owner": service.team, "description": service.description}
        made = scaffold_service(caller, path=service.path, name=service.name, answers=answers, now=began)
        location = made.location
    else:
        location = repositories.create(service.name)
    demo.belongs(ROADBED, rules.REPOSITORY, [location], now=began)
    changes = [change for one in planned for change in reversed(one.changes)]
    changes.sort(key=lambda change: change.committed_at)
    early = agreed.promised_first(service)
    written = runbook_files.FILES.get(service.name, ())
    described = (("catalog-info.yaml", files.catalog_info(service)), ("slo.yaml", files.slo(early)), *written)
    first = Entry("Say what we promise, and who deploys it", "", lead, began, began, described)
    entries = [first, *(_entry(service, change, number) for number, change in enumerate(changes, 1))]
    raised = agreed.raised_by([change.committed_at for change in changes], service, now=now)
    if raised is not None:
        entries[raised + 1] = replace(entries[raised + 1], files=(("slo.yaml", files.slo(service)),))
    named = repositories.write(location, entries)
    when = began + timedelta(minutes=30)
    if service.path:
        uid = catalog.register_location(caller, location=location, now=when).uid_of_component
    else:
        uid = adopt_service(caller, location=location, now=when).entity_uid
    demo.belongs(ROADBED, rules.ENTITY, [uid], now=began)
    if written or service.path:
        repository.read_repository(ROADBED, uid, now=when)
    if raised is None:
        objectives.read_repository(ROADBED, uid, now=now - PROMISED_FOR)
    else:
        origin = Origin(Objective.REPOSITORY, "slo.yaml", named[0], location)
        found = require_service(uid)
        take_over(caller, found, text=files.slo(early), origin=origin, now=now - PROMISED_FOR)
        take_over(
            caller, found, text=files.slo(service), origin=replace(origin, commit=named[raised + 1]),
            now=changes[raised].committed_at + timedelta(minutes=40),
        )  # fmt: skip
    return Listed(service, uid, planned, dict(zip(changes, named[1:], strict=True)))


def _entry(service: Service, change: Change, number: int) -> Entry:
    log = f"{number}. {change.subject}\n"
    return Entry(
        change.subject, change.body, change.author, change.authored_at, change.committed_at,
        ((f"changes/{service.name}-{number:04}.md", log),),
    )  # fmt: skip
