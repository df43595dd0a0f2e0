"""The verbs of the demo: begin it, note what belongs to it, call it made, and remove it whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from roadbed.ground.demo import forgetting, queries, rules
from roadbed.ground.demo.models import Belonging, Demo
from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.errors import Conflict, NotFound
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.queries import last_position
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise

REMOVE: Final = "demo.remove"
MOST_PASSES: Final = 5
"""Work that was under way when it began may write once more, so rooms are asked again until nothing is left."""


def begin(caller: Caller, *, organization: str, now: datetime) -> None:
    """Say that a demo is being made; from here on it is marked, whatever becomes of the making.

    Raises:
        Conflict: when there is one already.
    """
    authorise(caller, "demo.write")
    with unit(caller, now=now):
        if Demo.objects.exists():
            raise Conflict("There is a demo already.", remedy="`roadbed demo remove` takes it away.")
        Demo.objects.create(organization=organization, made_at=now)


def begin_facts(caller: Caller, *, now: datetime) -> None:
    """Say that what is recorded next is the demo's, until it is called made."""
    authorise(caller, "demo.write")
    with unit(caller, now=now):
        Demo.objects.filter(state=rules.MAKING).update(first_position=last_position() + 1, made_at=now)


def belongs(caller: Caller, kind: str, uids: Iterable[str], *, now: datetime) -> None:
    """Note things as the demo's."""
    authorise(caller, "demo.write")
    with unit(caller, now=now):
        rows = [Belonging(kind=kind, uid=uid) for uid in uids]
        Belonging.objects.bulk_create(rows, ignore_conflicts=True)


def made(caller: Caller, *, seconds: float, now: datetime) -> None:
    """Call it made: everything recorded since `begin_facts` is the demo's."""
    authorise(caller, "demo.write")
    with unit(caller, now=now) as writing:
        organization = Demo.objects.values_list("organization", flat=True).get()
        writing.record("demo.made", "demo", data={"organization": organization, **queries.counts()})
    with unit(caller, now=now):
        Demo.objects.update(state=rules.STANDING, seconds=round(seconds, 1), last_position=last_position())


def note_running(caller: Caller, text: str, *, now: datetime) -> None:
    """Keep what of it really runs, or why nothing does."""
    authorise(caller, "demo.write")
    with unit(caller, now=now):
        Demo.objects.exclude(running=text[:300]).update(running=text[:300])


def request_removal(caller: Caller, *, now: datetime) -> str:
    """Have everything of the demo removed by the worker; answers the job's uid. Asking again answers the same."""
    authorise(caller, "demo.write")
    with unit(caller, now=now):
        if not Demo.objects.exists():
            raise NotFound("There is no demo here.", remedy="Nothing is left to remove.")
        Demo.objects.update(state=rules.REMOVING)
        return enqueue(REMOVE, {"by": caller.uid, "name": caller.name, "role": caller.role}, key=REMOVE, now=now)


def remove(caller: Caller, *, now: datetime) -> Gone | None:
    """Remove every trace of the demo and record that it was removed; None where there is none.

    Killed in the middle and done again, it goes on: what belongs to the demo is forgotten last.
    """
    authorise(caller, "demo.write")
    row = Demo.objects.first()
    if row is None:
        return None
    Demo.objects.update(state=rules.REMOVING)
    gone = _forget(queries.belongings())
    for projection in projections.registered():
        projections.rebuild(projection.name, now=now)
    # Old figures stand until new ones are whole: of what is gone they leave now.
    while projections.settle():
        pass
    with unit(caller, now=now) as writing:
        data: dict[str, Any] = {
            "organization": row.organization,
            "made_at": row.made_at.isoformat(),
            "rows": gone.rows,
            "kept": list(gone.kept),
        }
        writing.record("demo.removed", "demo", data=data)
        Belonging.objects.all().delete()
        Demo.objects.all().delete()
    return gone


def _forget(held: Belongings) -> Gone:
    whole = Gone()
    for _ in range(MOST_PASSES):
        found = Gone()
        for _, forget in forgetting.in_order():
            # A room's own subjects (its incidents, its reviews) are told on, so that the ledger lets go of their facts.
            found += forget(held.also_about(whole.subjects | found.subjects))
        whole = Gone(whole.rows + found.rows, whole.subjects | found.subjects, found.kept)
        if not found.rows:
            break
    return whole
