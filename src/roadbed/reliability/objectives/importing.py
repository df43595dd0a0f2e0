"""The verb that brings an objective's past in: minutes counted elsewhere, before anything was counted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place, Refusal
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives import late, store
from roadbed.reliability.objectives.journeys.changed import changed_from
from roadbed.reliability.objectives.models import Objective, Source
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.counts import Cumulative
from roadbed.reliability.objectives.rules.minutes import Head, Row
from roadbed.reliability.objectives.rules.states import state_of
from roadbed.reliability.objectives.rules.targets import Target

AT_ONCE: Final = 4000
"""Rows a transaction: the write lock on the samples is the sampler's too."""


class Counted(NamedTuple):
    """One measured minute, in minutes since 1970. A minute that is left out was not measured; zero events is idle."""

    minute: int
    good: int
    total: int


@dataclass(frozen=True, slots=True)
class Silence:
    """That the source has said nothing since the last imported minute: its name, and why."""

    source: str
    reason: str


def import_minutes(
    caller: Caller,
    uid: str,
    minutes: Iterable[Counted],
    *,
    read_at: datetime,
    silence: Silence | None = None,
    now: datetime,
) -> int:
    """Bring in what was counted before Roadbed counted; answers how many minutes. `read_at` is their last reading.

    What comes in shows all at once, with the last transaction; cut off before it, it can be imported again.

    Raises:
        Invalid: naming the minute that is out of order or claims more good events than events.
        Conflict: when a minute is not before the first one that was counted here.
    """
    row = Objective.objects.filter(uid=uid, removed_at=None).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid[:40]}.", remedy="`roadbed slo list` names all of them.")
    authorise(caller, "objective.write", team=row.owner)
    head = _written(row, minutes)
    if head is None:
        return 0
    count = head.cumulative.measured
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        changed_from(row.series, head.first)
        stored = store.heads([row.series]).get(row.series)
        if stored is None:
            reason = silence.reason[:300] if silence else ""
            store.write({row.series: store.StoredHead(head, read_at, reason)}, {})
        else:
            own, more = stored.head, head.cumulative
            # What is stored already begins with nothing before it; that is added as counts are that come late.
            late.note(row.series, own.first, more, until=own.minute)
            joined = own._replace(first=head.first, cumulative=own.cumulative + more)
            rows = (Row(joined.minute, joined.cumulative),)
            store.write({row.series: stored._replace(head=joined)}, {row.series: rows})
        if silence is not None:
            Source.objects.using(store.ALIAS).update_or_create(
                name=silence.source,
                defaults={
                    "service_uid": row.service_uid, "read_at": read_at, "problem": silence.reason[:300],
                    "problem_since": read_at,
                },
            )  # fmt: skip
    with unit(caller, now=now) as writing:
        data = {
            "objective": row.uid, "name": row.name, "service": row.service_name, "minutes": count,
            "since": instant(head.first).isoformat(), "until": instant(head.minute + 1).isoformat(),
            "good": head.cumulative.good, "total": head.cumulative.total,
        }  # fmt: skip
        writing.record("measurement.imported", row.service_uid, data=data)
    return count


def _written(row: Objective, minutes: Iterable[Counted]) -> Head | None:
    """Write the rows, which no head shows yet; answers the head that will."""
    target = Target.exactly(row.target)
    known = store.heads([row.series]).get(row.series)
    limit = known.head.first if known else None
    first, last = None, Counted(-1, 0, 0)
    # Plain sums: a month has 43,200 minutes, and a value for each would be most of the time this takes.
    good = total = measured = idle = bad = 0
    waiting: list[tuple[int, ...]] = []
    for one in minutes:
        minute, well, asked = one
        if minute <= last.minute or not 0 <= well <= asked or (limit is not None and minute >= limit):
            raise _fault(one, last, limit)
        first = minute if first is None else first
        last = one
        good, total, measured = good + well, total + asked, measured + 1
        if asked == 0:
            idle += 1
        elif well * target.of < target.good * asked:
            bad += 1
        waiting.append((minute, row.series, good, total, measured, idle, bad))
        if len(waiting) == AT_ONCE:
            _flush(waiting)
            waiting = []
    _flush(waiting)
    if first is None:
        return None
    state = state_of(measured=True, good=last.good, total=last.total, target=target)
    return Head(first, last.minute, Cumulative(good, total, measured, idle, bad), last.good, last.total, state)


def _fault(one: Counted, last: Counted, limit: int | None) -> Refusal:
    at = Place(field=f"minute {instant(max(0, one.minute)):%Y-%m-%d %H:%M} UTC")
    if one.minute <= last.minute:
        return Invalid("The minutes are out of order.", remedy="Give each once, the oldest first.", place=at)
    if not 0 <= one.good <= one.total:
        return Invalid(f"{one.good} good events of {one.total} cannot be.", place=at)
    return Conflict(
        "This minute was counted here already.",
        remedy=f"Import what lies before {instant(limit or 0):%Y-%m-%d %H:%M} UTC.",
        place=at,
    )


def _flush(rows: Sequence[tuple[int, ...]]) -> None:
    if rows:
        with transaction.atomic(using=store.ALIAS):
            store.put_minutes(rows)
