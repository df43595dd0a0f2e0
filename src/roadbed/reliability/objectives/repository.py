"""Reading a service's objectives file from its repository, at the commit that serves."""

from __future__ import annotations

import posixpath
from datetime import datetime
from typing import Final

from django.db import transaction

from roadbed.ground.catalog.queries import ServiceView, service
from roadbed.ground.errors import Invalid, Place, Refusal, Unavailable
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.reliability.objectives.defining import Applied, Origin, take_over
from roadbed.reliability.objectives.journeys.defining import take_over_journeys
from roadbed.reliability.objectives.models import Objective, ReadError
from roadbed.reliability.objectives.rules.openslo.reading import read

ANNOTATION: Final = "roadbed.dev/slo"
USUAL_FILE: Final = "slo.yaml"
DEPLOYED: Final = ("service.deployed", "service.upgraded", "service.rolledback")


def read_repository(caller: Caller, service_uid: str, *, now: datetime) -> Applied | None:
    """Take over the objectives file of a service at the commit that serves production, else at the newest.

    A file with faults leaves the former objectives standing and its errors on the service's page. None when the
    service is gone, has no such file, or its file has faults.

    Raises:
        Unavailable: when the repository cannot be read now; trying again later may succeed.
    """
    found = service(service_uid)
    if found is None:
        return None
    authorise(caller, "objective.write", team=found.owner)
    # Names and owners change in the catalogue; lists of objectives show them without asking it row by row.
    Objective.objects.filter(service_uid=found.uid).update(service_name=found.name, owner=found.owner)
    named = found.annotations.get(ANNOTATION, "")
    try:
        path = _path(found, named or USUAL_FILE)
        commit, content = _content(found, path)
        text = _decoded(content, path, named=named)
        if text is None:
            return _without_file(caller, found, path, commit, now=now)
        origin = Origin(Objective.REPOSITORY, path, commit, found.location)
        return _both(caller, found, text, origin, now=now)
    except Unavailable:
        raise
    except Refusal as refusal:
        _note(found, refusal, now=now)
        return None


def _both(caller: Caller, found: ServiceView, text: str, origin: Origin, *, now: datetime) -> Applied:
    """Take over the objectives of a file, then its journeys, whose steps they may be."""
    applied = take_over(caller, found, text=text, origin=origin, now=now)
    take_over_journeys(caller, found, read(text, file=origin.file).journeys, origin, now=now)
    return applied


def serving_commit(service_uid: str) -> str:
    """The commit that serves production as far as the ledger knows; empty before the first deployment."""
    for fact in facts_of(service_uid, kinds=DEPLOYED, limit=20):
        if fact.environment in ("", "production") and fact.data.get("commit"):
            return str(fact.data["commit"])
    return ""


def _path(found: ServiceView, named: str) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(found.entity_path), named))
    if path.startswith(("/", "../")) or path == "..":
        raise Invalid(
            f"{named!r} lies outside the repository.",
            remedy=f"Give {ANNOTATION} a path beside catalog-info.yaml.",
            place=Place(file=found.entity_path, field=ANNOTATION),
        )
    return path


def _content(found: ServiceView, path: str) -> tuple[str, bytes | None]:
    host = board.code_host()
    try:
        commit = host.resolve(found.location, serving_commit(found.uid) or "HEAD")
        return commit, host.read(found.location, path, commit)
    except CodeUnavailable as fault:
        raise Unavailable(str(fault), remedy="Roadbed tries again; look at the repository if it stays so.") from fault


def _decoded(content: bytes | None, path: str, *, named: str) -> str | None:
    if content is None:
        if not named:
            return None
        raise Invalid(
            f"There is no {path} at the commit that serves.",
            remedy=f"Add it, or take the annotation {ANNOTATION} out.",
            place=Place(file=path),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Invalid(f"{path} is not UTF-8 text: {fault.reason}.", place=Place(file=path)) from None


def _without_file(caller: Caller, found: ServiceView, path: str, commit: str, *, now: datetime) -> Applied | None:
    if not Objective.objects.filter(service_uid=found.uid, removed_at=None, origin=Objective.REPOSITORY).exists():
        ReadError.objects.filter(service_uid=found.uid).delete()
        take_over_journeys(caller, found, (), Origin(Objective.REPOSITORY, path, commit), now=now)
        return None
    # The file was taken out of the repository, and with it its promises.
    origin = Origin(Objective.REPOSITORY, path, commit, found.location)
    take_over_journeys(caller, found, (), origin, now=now)
    return take_over(caller, found, text=_NOTHING, origin=origin, now=now)


_NOTHING: Final = "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: none\n"


def _note(found: ServiceView, refusal: Refusal, *, now: datetime) -> None:
    with transaction.atomic(using="default"):
        ReadError.objects.update_or_create(
            service_uid=found.uid,
            defaults={
                "file": refusal.place.file or USUAL_FILE,
                "commit": serving_commit(found.uid),
                "errors": [one.as_problem() for one in (refusal, *refusal.others)],
                "at": now,
            },
        )
