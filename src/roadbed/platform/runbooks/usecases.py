"""The verbs of runbooks themselves: put one, take one away, read a repository now, say that one is still right."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise, may
from roadbed.platform.runbooks import queries, repository, taking
from roadbed.platform.runbooks.facts import about
from roadbed.platform.runbooks.models import Review, Runbook

LONGEST_NOTE = 500


def put(caller: Caller, service: str, slug: str, *, text: str, now: datetime) -> taking.Taken:
    """Keep a text as a runbook of a service whose repository Roadbed does not read; the same again changes nothing.

    Raises:
        Invalid: with everything that is wrong, where it cannot be understood; the former version stands.
        Conflict: where the repository has a runbook of that name.
    """
    known = catalog.require_service(service)
    _authorise(caller, known, now=now)
    return taking.take_over(
        caller, known, taking.checked_slug(slug), text, taking.Origin(Runbook.PUT, f"{slug}.md"), now=now
    )


def remove(caller: Caller, service: str, slug: str, *, now: datetime) -> None:
    """Take away a runbook that was put; its versions and runs stay on record.

    Raises:
        Conflict: for one of the repository, where it is removed instead.
    """
    known = catalog.require_service(service)
    _authorise(caller, known, now=now)
    row = queries.require_row(f"{known.name}/{slug}")
    if row.origin == Runbook.REPOSITORY:
        raise Conflict(
            f"{known.name}/{slug} comes from {row.path} of its repository.",
            remedy="Remove it there; the next reading follows.",
            place=Place(field="runbook"),
        )
    with unit(caller, now=now) as writing:
        taking.remove(writing, row, why=f"taken away by {caller.name}")


def read_now(caller: Caller, service: str, *, ref: str = "", now: datetime) -> repository.Read:
    """Read a service's repository now; `ref` chooses a branch, tag or commit until the next deployment."""
    known = catalog.require_service(service)
    _authorise(caller, known, now=now)
    # Whoever may write may not be of the owning team: an engaged SRE reads for it.
    acting = caller if known.owner in caller.teams else Caller(caller.uid, caller.name, "admin", caller.teams)
    read = repository.read_repository(acting, known.uid, ref=ref, now=now)
    assert read is not None  # noqa: S101 - the service was just there
    return read


def review(caller: Caller, reference: str, *, note: str = "", now: datetime) -> None:
    """Say that it was read and is still right. It counts from the version that was shown."""
    row = queries.require_row(reference)
    known = catalog.require_service(row.service_uid)
    _authorise(caller, known, now=now)
    said = " ".join(note.replace("\x00", "").split())[:LONGEST_NOTE]
    with unit(caller, now=now) as writing:
        Review.objects.create(
            runbook=row, version=row.version, note=said, at=now, person_uid=caller.uid, person=caller.name[:160]
        )
        Runbook.objects.filter(pk=row.pk).update(
            reviewed_at=now, reviewed_by=caller.name[:160], deployments=0, reminded_at=None
        )
        writing.record("runbook.reviewed", row.service_uid, data=about(row) | {"version": row.version, "note": said})


def may_write(caller: Caller, service: ServiceView, *, now: datetime) -> bool:
    """Whether somebody may put and review: of the owning team, or of the SRE team that is engaged."""
    return any(may(caller, "runbook.write", team=team).allowed for team in _teams(service, now=now))


def _authorise(caller: Caller, service: ServiceView, *, now: datetime) -> None:
    if not may_write(caller, service, now=now):
        authorise(caller, "runbook.write", team=service.owner)


def _teams(service: ServiceView, *, now: datetime) -> tuple[str, ...]:
    engaged = catalog.engagements(service.uid, on=now.date())
    return (service.owner, *(one.team for one in engaged))
