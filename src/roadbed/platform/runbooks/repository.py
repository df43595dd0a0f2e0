"""Reading a service's runbooks from its repository, at the commit that serves production, else at the newest."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from roadbed.ground.catalog.queries import ServiceView, service
from roadbed.ground.errors import Invalid, NotFound, Place, Refusal, Unavailable
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.runbooks import taking
from roadbed.platform.runbooks.facts import about
from roadbed.platform.runbooks.models import Reading, Runbook
from roadbed.platform.runbooks.rules.naming import slug_of

ANNOTATION: Final = "roadbed.dev/runbook"
USUAL: Final = ("runbook.md", "runbooks/")
DEPLOYED: Final = ("service.deployed", "service.upgraded", "service.rolledback")
MOST_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading came to: what was taken over, and what could not be."""

    commit: str
    taken: tuple[taking.Taken, ...]
    removed: tuple[str, ...]
    faults: tuple[Refusal, ...]


def read_repository(caller: Caller, service_uid: str, *, ref: str = "", now: datetime) -> Read | None:
    """Take over what a repository has. A file with faults leaves its last good version standing, its fault shown.

    None when the service is gone.

    Args:
        caller: whoever asks; Roadbed itself after a deployment.
        service_uid: the service.
        ref: a branch, tag or commit; empty for the commit that serves, else the newest of the default branch.
        now: the instant.

    Raises:
        Unavailable: when the repository cannot be read now; trying again later may succeed.
    """
    found = service(service_uid)
    if found is None:
        return None
    authorise(caller, "runbook.write", team=found.owner)
    Runbook.objects.filter(service_uid=found.uid).update(service=found.name, owner=found.owner)
    serving = "" if ref else serving_commit(found.uid)
    host = board.code_host()
    try:
        commit = host.resolve(found.location, ref or serving or "HEAD")
        files = host.files(found.location, commit)
    except CodeUnavailable as fault:
        raise Unavailable(str(fault), remedy="Roadbed tries again; look at the repository if it stays so.") from fault
    paths, faults = _paths(found, files)
    taken: list[taking.Taken] = []
    for path in paths:
        try:
            taken.append(_one(caller, found, path, commit, files, now=now))
        except Unavailable:
            raise
        except Refusal as refusal:
            faults.append(refusal)
            _keep_last(caller, found, path, commit, refusal, now=now)
    removed = _without(caller, found, paths, now=now)
    _note(found, commit, faults, follows=not ref and not serving, now=now)
    return Read(commit, tuple(taken), removed, tuple(faults))


def serving_commit(service_uid: str) -> str:
    """The commit that serves production as far as the ledger knows; empty before the first deployment."""
    for fact in facts_of(service_uid, kinds=DEPLOYED, limit=20):
        if fact.environment in ("", "production") and fact.data.get("commit"):
            return str(fact.data["commit"])
    return ""


def _paths(found: ServiceView, files: tuple[str, ...]) -> tuple[list[str], list[Refusal]]:
    """The files that are runbooks, and what the annotation names in vain. An address of the web is somebody else's."""
    base = posixpath.dirname(found.entity_path)
    named = found.annotations.get(ANNOTATION, "").replace(",", " ").split()
    wanted = [one for one in named if "://" not in one]
    known, paths, faults = frozenset(files), list[str](), list[Refusal]()
    for said in wanted or (() if named else USUAL):
        path = posixpath.normpath(posixpath.join(base, said))
        inside = [one for one in files if one.startswith(f"{path}/") and one.endswith(".md")]
        if path.startswith(("/", "../")) or path == "..":
            faults.append(_astray(found, f"{said!r} lies outside the repository.", "Give a path beside the entry."))
        elif path in known:
            paths.append(path)
        elif inside:
            # What explains the folder is no runbook.
            paths += [one for one in inside if posixpath.basename(one).lower() != "readme.md"]
        elif wanted:
            remedy = f"Add it, or take it out of {ANNOTATION}."
            faults.append(NotFound(f"There is no {path} at that commit.", remedy=remedy, place=Place(file=path)))
    return list(dict.fromkeys(paths))[:MOST_FILES], faults


def _astray(found: ServiceView, detail: str, remedy: str) -> Invalid:
    return Invalid(detail, remedy=remedy, place=Place(file=found.entity_path, field=ANNOTATION))


def _one(
    caller: Caller, found: ServiceView, path: str, commit: str, files: tuple[str, ...], *, now: datetime
) -> taking.Taken:
    try:
        content = board.code_host().read(found.location, path, commit)
    except CodeUnavailable as fault:
        raise Invalid(str(fault), place=Place(file=path)) from fault
    try:
        text = (content or b"").decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = (content or b"")[: fault.start].count(b"\n") + 1
        raise Invalid("It is not UTF-8 text.", remedy="Save it as UTF-8.", place=Place(path, line)) from None
    origin = taking.Origin(Runbook.REPOSITORY, path, commit, found.location, frozenset(files))
    slug = slug_of(path, posixpath.dirname(found.entity_path))
    return taking.take_over(caller, found, slug, text, origin, now=now)


def _keep_last(caller: Caller, found: ServiceView, path: str, commit: str, refusal: Refusal, *, now: datetime) -> None:
    """Show the fault at the runbook whose last good version stands, and tell it once."""
    row = Runbook.objects.filter(service_uid=found.uid, path=path, removed_at=None).first()
    if row is None:
        return
    problem = refusal.as_problem() | {"commit": commit}
    with unit(caller, now=now) as writing:
        if (row.unread or {}).get("detail") != refusal.detail:
            data = about(row) | {"path": path, "commit": commit, "error": refusal.detail, "version": row.version}
            writing.record("runbook.unreadable", found.uid, data=data)
        Runbook.objects.filter(pk=row.pk).update(unread=problem)


def _without(caller: Caller, found: ServiceView, paths: list[str], *, now: datetime) -> tuple[str, ...]:
    rows = Runbook.objects.filter(service_uid=found.uid, origin=Runbook.REPOSITORY, removed_at=None)
    astray = list(rows.exclude(path__in=paths))
    if astray:
        with unit(caller, now=now) as writing:
            for row in astray:
                taking.remove(writing, row, why=f"{row.path} is not in the repository any more")
    return tuple(row.slug for row in astray)


def _note(found: ServiceView, commit: str, faults: list[Refusal], *, follows: bool, now: datetime) -> None:
    told: list[dict[str, Any]] = [one.as_problem() for fault in faults for one in (fault, *fault.others)]
    with transaction.atomic(using="default"):
        Reading.objects.update_or_create(
            service_uid=found.uid, defaults={"commit": commit, "follows": follows, "at": now, "faults": told[:50]}
        )
