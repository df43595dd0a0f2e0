"""The verbs that people have for the ledger: have a projection computed anew."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import NotFound, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise


def request_rebuild(caller: Caller, name: str, *, now: datetime) -> str:
    """Have a projection's tables computed again from the first fact; answers the job's uid.

    A rebuild that waits or runs already is answered instead of asking for another.
    """
    authorise(caller, "projection.rebuild")
    known = [projection.name for projection in projections.registered()]
    if name not in known:
        raise NotFound(
            f"There is no projection {name[:80]}.",
            remedy=f"There is {', '.join(known)}." if known else "No room has registered one.",
            place=Place(field="name"),
        )
    with unit(caller, now=now) as writing:
        job = enqueue("ledger.rebuild", {"projection": name}, key=f"ledger.rebuild:{name}", now=now)
        writing.record("projection.rebuild.requested", name, data={"job": job})
    return job
