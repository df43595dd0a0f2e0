"""Reading jobs: what waits, runs, came out or failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.jobs.models import Job, Pulse

STATES: Final = (Job.WAITING, Job.RUNNING, Job.DONE, Job.FAILED)


@dataclass(frozen=True, slots=True)
class JobView:
    """One job. `error` is that of its last attempt."""

    id: int
    uid: str
    name: str
    state: str
    key: str
    run_at: datetime
    attempts: int
    max_attempts: int
    created_at: datetime
    finished_at: datetime | None
    error: str


def jobs(*, state: str = "", name: str = "", cursor: str = "", limit: int = 50) -> Page[JobView]:
    """Jobs, newest first."""
    checked_limit(limit)
    if state and state not in STATES:
        raise Invalid(f"{state!r} is no state.", remedy=f"One of {', '.join(STATES)}.", place=Place(field="state"))
    rows = Job.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if name:
        rows = rows.filter(name=name)
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int) or not 0 <= last < 2**63:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(id__lt=last)
    found = [
        JobView(
            id=row.pk, uid=row.uid, name=row.name, state=row.state, key=row.key, run_at=row.run_at,
            attempts=row.attempts, max_attempts=row.max_attempts, created_at=row.created_at,
            finished_at=row.finished_at, error=row.error,
        )
        for row in rows.defer("payload")[: limit + 1]
    ]  # fmt: skip
    return page_of(found, limit, lambda row: (row.id,))


@dataclass(frozen=True, slots=True)
class Pulsing:
    """A process that says that it is at work.

    Attributes:
        at: when it last said so.
        began_at: since when it does.
        away: how long nobody of that name was at work before; None when it is the first, or another replica is.
    """

    name: str
    at: datetime
    began_at: datetime
    away: timedelta | None


def pulse_of(name: str) -> Pulsing | None:
    """The pulse of `pager` or `worker`; None when none was ever at work."""
    row = Pulse.objects.filter(name=name).first()
    if row is None:
        return None
    return Pulsing(row.name, row.at, row.began_at, row.began_at - row.former_at if row.former_at else None)


def last_pulse() -> datetime | None:
    """When the newest pulse was written, whoever's it is: what the database took last, as far as is known."""
    return Pulse.objects.order_by("-at").values_list("at", flat=True).first()
