"""The verbs that read sources of counts: fill an objective's window when it is first seen, then follow each minute."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from roadbed.ground.errors import Conflict, NotFound
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports.counts import Answer, Counted, Trouble
from roadbed.reliability.objectives import broken, places, slice_due, store
from roadbed.reliability.objectives.asking import chunk_of, read_counts, settles_after
from roadbed.reliability.objectives.collecting import counts_name
from roadbed.reliability.objectives.extending import extend, lacks_past
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.objectives.models import Objective, Pull, Source
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative
from roadbed.reliability.objectives.rules.indicators import PULLED, Connection
from roadbed.reliability.objectives.rules.minutes import Head, Row
from roadbed.reliability.objectives.rules.rewriting import head_of, rewritten
from roadbed.reliability.objectives.rules.states import UNMEASURED

BEHIND: Final = 60
"""Minutes. What lags more is caught up by the job that also fills a window, so that it keeps nobody waiting."""

NEAR: Final = 30
"""Minutes. So near that job comes; it must be well under BEHIND, and no source may settle later."""

FILLING: Final = 120.0
"""Seconds that one run of that job takes at most; it goes on from its cursor in the next."""

LANES: Final = 8
AHEAD: Final = 2
"""Minutes beyond our own clock that are asked for, since the source's may be ahead of it."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one round did: objectives followed, those that are being filled, and those whose source failed."""

    followed: int
    filling: int
    failed: int


def follow(caller: Caller, *, now: datetime) -> Pulled:
    """Read the newest minutes of what sources count, many objectives to a request; enqueue what must be filled."""
    authorise(caller, "read")
    wanted = {one.series: one for one in live_objectives() if one.indicator.source == PULLED}
    pulls = _begun(wanted, now=now)
    near = [series for series, pull in pulls.items() if pull.cursor >= minute_of(now) - BEHIND]
    far = pulls.keys() - set(near)
    short = {series for series in near if lacks_past(wanted[series], pulls[series], now=now)}
    for series in sorted(far | short):
        enqueue("objectives.fill", {"series": series}, now=now, key=f"objectives.fill:{series}")
    by_source: dict[Connection, list[Live]] = {}
    for series in near:
        connection = wanted[series].indicator.connection
        assert connection is not None  # noqa: S101 - every pulled indicator has one
        by_source.setdefault(connection, []).append(wanted[series])
    failed = 0
    for (connection, objectives), answer in zip(by_source.items(), _answers(by_source, pulls, now), strict=True):
        _write(objectives, pulls, answer, connection, now=now)
        failed += sum(answer.counted[one.uid].trouble is not None for one in objectives)
    return Pulled(len(near), len(far), failed)


def refill(caller: Caller, uid: str, *, now: datetime) -> None:
    """Read an objective's whole window again from its source, as when it was first seen.

    For counts that came to the source after their minutes stood here. Until it is done, later minutes are unmeasured.
    """
    row = Objective.objects.filter(uid=uid, removed_at=None).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid[:40]}.", remedy="`roadbed slo list` names all of them.")
    authorise(caller, "objective.write", team=row.owner)
    (one,) = live_objectives(uid=uid)
    if one.indicator.source != PULLED:
        raise Conflict(
            f"{row.name} is not counted by a source that knows the past.",
            remedy="Push its counts again, if it is pushed.",
        )
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        Pull.objects.using(store.ALIAS).filter(series=one.series).delete()
    enqueue("objectives.fill", {"series": one.series}, now=now, key=f"objectives.fill:{one.series}")


def counted_elsewhere() -> QuerySet[Objective]:
    """Objectives that a source of counts counts."""
    return Objective.objects.filter(removed_at=None, indicator__source=PULLED)


def _answers(by_source: Mapping[Connection, list[Live]], pulls: Mapping[int, Pull], now: datetime) -> Iterable[Answer]:
    """What every source says, all asked at once: one that is slow or gone delays no other."""
    for connection in by_source:
        # Made here, a source may look up its credentials in the records; its readings touch no database.
        chunk_of(connection)

    def ask(connection: Connection) -> Answer:
        objectives = by_source[connection]
        first = min(pulls[one.series].cursor for one in objectives)
        return read_counts(connection, objectives, first=first, until=minute_of(now) + AHEAD)

    if not by_source:
        return []
    with ThreadPoolExecutor(min(LANES, len(by_source)), thread_name_prefix="counts") as pool:
        return list(pool.map(ask, by_source))


def fill(caller: Caller, series: int, *, now: datetime) -> bool:
    """Read an objective's past from its cursor on, a piece at a time; whether it has caught up.

    Each piece and the cursor behind it stand in one transaction, so that a run that is killed goes on where it was.
    """
    authorise(caller, "read")
    one = next(iter(live_objectives(series=series)), None)
    if one is None or one.indicator.connection is None:
        return True
    pull = _begun({series: one}, now=now)[series]
    connection, started = one.indicator.connection, time.monotonic()
    abilities = chunk_of(connection)
    while pull.cursor < minute_of(now) - NEAR:
        until = min(pull.cursor + abilities, minute_of(now) - NEAR)
        answer = read_counts(connection, [one], first=pull.cursor, until=until)
        _write([one], {series: pull}, answer, connection, now=now, until=until)
        if not answer.counted[one.uid].settled or time.monotonic() - started > FILLING:
            return False
    if lacks_past(one, pull, now=now):
        return extend(one, pull, now=now)
    return True


def _begun(wanted: Mapping[int, Live], *, now: datetime) -> dict[int, Pull]:
    pulls = {pull.series: pull for pull in Pull.objects.using(store.ALIAS).filter(series__in=list(wanted))}
    new = []
    for series, one in wanted.items():
        if series not in pulls and one.indicator.connection is not None:
            back = one.window.longest if chunk_of(one.indicator.connection) else 0
            first = minute_of(now) - back
            pulls[series] = Pull(series=series, objective=one.uid, first=first, cursor=first, begun_at=now)
            new.append(pulls[series])
    Pull.objects.using(store.ALIAS).bulk_create(new, ignore_conflicts=True)
    return pulls


def _write(
    objectives: Iterable[Live],
    pulls: Mapping[int, Pull],
    answer: Answer,
    connection: Connection,
    *,
    now: datetime,
    until: int | None = None,
) -> None:
    """Write minutes anew from each cursor on, and move the cursors over what stands, in one transaction."""
    objectives = list(objectives)
    settled = _settled_until(connection, answer, now) if until is None else until
    heads: dict[int, store.StoredHead] = {}
    rows: dict[int, tuple[Row, ...]] = {}
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        objectives = places.unmoved(objectives, pulls)
        former = store.heads([one.series for one in objectives])
        known_broken = broken.spans(former)
        for one in objectives:
            counted, pull = answer.counted[one.uid], pulls[one.series]
            stored = former.get(one.series)
            if counted.settled:
                written = stored.head.minute if stored is not None else pull.cursor
                # A minute that was written at the last reading and is not known any more must not stay.
                end = until or max(*counted.minutes, written, settled - 1, pull.cursor) + 1
                heads[one.series], rows[one.series] = _grown(one, pull, counted, stored, end=end, now=now)
                wrong = [minute for minute, (good, total) in counted.minutes.items() if good > total]
                if wrong or one.series in known_broken:
                    broken.rewrite(one.series, wrong, first=pull.cursor, until=end)
                if one.budgeting.longer:
                    slice_due.mark(one.series, pull.cursor)
                _move(pull, rows[one.series], reached=min(settled, end), now=now)
            else:
                stored = stored or store.StoredHead(_nothing_yet(pull.cursor), None, "")
                heads[one.series] = stored._replace(reason=str(counted.trouble)[:300])
            _note(pull, counted, now=now)
        store.write(heads, rows)
        places.keep([pulls[one.series] for one in objectives])
        _note_sources(objectives, answer, heads, now=now)


def _settled_until(connection: Connection, answer: Answer, now: datetime) -> int:
    settles = settles_after(connection)
    if settles is None:
        return 0
    # A source whose clock is behind ours has not yet seen what ours calls the past.
    clock = min(now.timestamp(), answer.as_of or now.timestamp())
    return int(clock - settles) // 60


def _grown(
    one: Live, pull: Pull, counted: Counted, stored: store.StoredHead | None, *, end: int, now: datetime
) -> tuple[store.StoredHead, tuple[Row, ...]]:
    begun = bool(pull.held)
    rows = rewritten(_held(pull), counted.minutes, one.judged, first=pull.cursor, until=end)
    if not begun:
        # Nothing is written for the time before the first count.
        rows = tuple(row for row in rows if row.cumulative != ZERO) or rows[-1:]
    first = stored.head.first if stored is not None and begun else rows[0].minute
    head = head_of(first, rows[-1], counted.minutes, one.judged)
    read_at = stored.read_at if stored is not None else None
    if counted.minutes:
        read_at = min(now, instant(max(counted.minutes) + 1))
    reason = str(counted.trouble)[:300] if counted.trouble else ""
    return store.StoredHead(head, read_at, reason), rows


def _held(pull: Pull) -> Cumulative:
    return Cumulative(*map(int, pull.held.split(","))) if pull.held else ZERO


def _move(pull: Pull, rows: tuple[Row, ...], *, reached: int, now: datetime) -> None:
    if reached > pull.cursor:
        kept = next((row.cumulative for row in reversed(rows) if row.minute < reached), _held(pull))
        pull.cursor, pull.held = reached, ",".join(map(str, kept)) if kept != ZERO else pull.held
    if pull.filled_at is None and pull.cursor >= minute_of(now) - BEHIND:
        pull.filled_at = now


def _nothing_yet(minute: int) -> Head:
    return Head(minute, minute, ZERO, 0, 0, UNMEASURED)


def _note(pull: Pull, counted: Counted, *, now: datetime) -> None:
    trouble = counted.trouble or Trouble("")
    pull.tried_at, pull.problem, pull.remedy = now, trouble.reason[:700], trouble.remedy[:400]


def _note_sources(
    objectives: Iterable[Live], answer: Answer, heads: Mapping[int, store.StoredHead], *, now: datetime
) -> None:
    known = {
        row.name: row
        for row in Source.objects.using(store.ALIAS).filter(name__in=[counts_name(one.uid) for one in objectives])
    }
    writing = []
    for one in objectives:
        name, trouble = counts_name(one.uid), answer.counted[one.uid].trouble
        row = known.get(name) or Source(name=name, service_uid=one.service_uid)
        row.problem = trouble.reason[:300] if trouble else ""
        row.problem_since = (row.problem_since or now) if trouble else None
        if one.series in heads:
            row.read_at = heads[one.series].read_at
        writing.append(row)
    Source.objects.using(store.ALIAS).bulk_create(
        writing,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["service_uid", "read_at", "problem", "problem_since"],
    )
