"""The verbs of the golden paths: scaffold a service, whole or not at all, and take one in that exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.usecases import register, register_location
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.platform.paths import scaffold, shelf
from roadbed.platform.paths.materialise import PathRepository
from roadbed.platform.paths.models import Scaffold
from roadbed.platform.paths.rules import check_answers, check_name, owner_name

log = structlog.get_logger(__name__)

ABANDONED = timedelta(minutes=10)
"""Making a service takes seconds; one that still is not made after this was killed, and is undone by the next."""


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """A service that was made: its repository, the first commit and its files, and its identity in the catalogue."""

    name: str
    owner: str
    path: str
    version: str
    location: str
    commit: str
    files: tuple[str, ...]
    entity_uid: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """A service that exists and is now in the catalogue."""

    name: str
    owner: str
    location: str
    entity_uid: str
    deployed_by: str


def scaffold_service(caller: Caller, *, path: str, name: str, answers: Mapping[str, Any], now: datetime) -> Scaffolded:
    """Make a repository from a golden path and register its service. When anything fails, nothing of it stays.

    Raises:
        Forbidden: the caller is not of the owning team.
        NotFound: there is no such path.
        Invalid: the name, an answer or the owner breaks a rule.
        Conflict: the name is taken, in the catalogue, on the code host, or by somebody who makes it right now.
    """
    authorise(caller, "path.scaffold")
    check_name(name)
    shelf.publish_bundled(now)
    found = shelf.require_path(path)
    taken = check_answers(shelf.description_of(found).questions, _with_name(answers, name))
    team = _team(str(taken.get("owner", "")))
    authorise(caller, "path.scaffold", team=team)
    row = _begin(caller, found, name=name, owner=team, now=now)
    try:
        return _make(caller, row, found, {**taken, "owner": team}, now)
    except BaseException as fault:
        _undo(caller, row, str(fault) or type(fault).__name__, now)
        raise


def adopt_service(caller: Caller, *, location: str, path: str = scaffold.ENTRY, now: datetime) -> Adopted:
    """Register an existing repository's service from its catalogue file, and record that it was adopted.

    Raises:
        Invalid: the file is broken, or describes no service.
        Conflict: a name in it is registered from another place.
        Forbidden: it belongs to a team that the caller does not.
    """
    authorise(caller, "catalog.register")
    uid = register_location(caller, location=location, path=path, now=now).uid_of_component
    if not uid:
        raise Invalid(
            f"{path} is registered, but it describes no service.",
            remedy="Add an entity of kind Component to it and adopt again.",
            place=Place(file=path, field="kind"),
        )
    service = catalog.require_service(uid)
    deployed_by = service.annotations.get("roadbed.dev/deployed-by", "roadbed")
    data = {"name": service.name, "owner": service.owner, "location": location, "deployed_by": deployed_by}
    with unit(caller, now=now) as writing:
        # Adopting again refreshes the entry; the service was adopted once.
        writing.record("service.adopted", uid, source="paths", source_id=f"adopted:{uid}", data=data)
    return Adopted(service.name, service.owner, location, uid, deployed_by)


def _with_name(answers: Mapping[str, Any], name: str) -> dict[str, Any]:
    given = answers.get("service_name", name)
    if given != name:
        raise Invalid(
            "The answer service_name is not the service's name.",
            remedy="Leave service_name out of the answers.",
            place=Place(field="answers.service_name"),
        )
    return {**answers, "service_name": name}


def _team(owner: str) -> str:
    name = owner_name(owner)
    team = people.team(name)
    if team is None:
        known = [each.name for each in people.teams()]
        more = ", …" if len(known) > 10 else ""  # noqa: PLR2004 - what fits one line
        there = f"There are: {', '.join(known[:10])}{more}." if known else "There is none yet."
        raise Invalid(
            f"There is no team {name}.",
            remedy=f"{there} An admin creates one with `roadbed team create {name}`.",
            place=Place(field="answers.owner"),
        )
    return team.name


def _begin(caller: Caller, found: PathRepository, *, name: str, owner: str, now: datetime) -> Scaffold:
    for abandoned in Scaffold.objects.filter(name=name, state=Scaffold.STARTED, started_at__lt=now - ABANDONED):
        _undo(caller, abandoned, "it was cut off", now)
    row = Scaffold(path=found.name, version=found.version, name=name, owner=owner, actor=caller.uid, started_at=now)
    try:
        with unit(caller, now=now):
            if catalog.service(name) is not None:
                raise Conflict(
                    f"The catalogue already has a service {name}.",
                    remedy="Choose another name.",
                    place=Place(field="name"),
                )
            row.save()
    except IntegrityError:
        raise Conflict(
            f"{name} is being made right now.", remedy="Wait a moment, then look at it.", place=Place(field="name")
        ) from None
    return row


def _make(caller: Caller, row: Scaffold, found: PathRepository, answers: dict[str, Any], now: datetime) -> Scaffolded:
    def created(location: str) -> None:
        row.location = location
        with unit(caller, now=now):
            row.save(update_fields=["location"])

    pushed = scaffold.make_repository(found, answers, name=row.name, author=_author(caller), now=now, created=created)
    with unit(caller, now=now) as writing:
        registered = register(
            caller, text=pushed.entry, location=pushed.location, path=scaffold.ENTRY, commit=pushed.commit, now=now
        )
        row.commit, row.service_uid = pushed.commit, registered.uid_of_component
        row.state, row.finished_at = Scaffold.DONE, now
        _finish(row)
        _record(writing, row)
    return Scaffolded(
        name=row.name,
        owner=row.owner,
        path=row.path,
        version=row.version,
        location=row.location,
        commit=row.commit,
        files=pushed.files,
        entity_uid=row.service_uid,
    )


def _finish(row: Scaffold) -> None:
    """Close the row, unless somebody took this for abandoned and undid it: then the repository is gone."""
    done = {"state": row.state, "commit": row.commit, "service_uid": row.service_uid, "finished_at": row.finished_at}
    if not Scaffold.objects.filter(pk=row.pk, state=Scaffold.STARTED).update(**done):
        raise Conflict(
            f"Making {row.name} took so long that it was undone.", remedy="Try again.", place=Place(field="name")
        )


def _record(writing: Unit, row: Scaffold) -> None:
    data = {"path": row.path, "version": row.version, "name": row.name, "owner": row.owner, "commit": row.commit}
    writing.record("path.scaffolded", row.service_uid, source="paths", source_id=row.uid, data=data)


def _author(caller: Caller) -> scaffold.Author:
    email = Person.objects.filter(uid=caller.uid).values_list("email", flat=True).first()
    return scaffold.Author(caller.name, email or f"{caller.uid}@roadbed.invalid")


def _undo(caller: Caller, row: Scaffold, fault: str, now: datetime) -> None:
    left = scaffold.remove_repository(row.location) if row.location else ""
    if left:
        log.error("scaffold.undo", name=row.name, location=row.location, reason=left)
    with unit(caller, now=now):
        Scaffold.objects.filter(pk=row.pk).update(
            state=Scaffold.UNDONE, finished_at=now, fault=f"{fault} {left}".strip()[:2000]
        )
