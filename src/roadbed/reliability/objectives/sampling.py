"""The verb of every ten seconds: read all sources, add what was counted, evaluate, and record what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.changes import record_changes
from roadbed.reliability.objectives.collecting import NOTHING_HERE, Collected, SourceReading, collect
from roadbed.reliability.objectives.evaluating import evaluate_all
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.objectives.models import Counter, Source
from roadbed.reliability.objectives.pausing import collector_paused
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.counters import from_zero, take
from roadbed.reliability.objectives.rules.counts import ZERO
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, METRICS, PULLED, PUSHED, Measured, measure
from roadbed.reliability.objectives.rules.minutes import Head, Increment, Row, bridges
from roadbed.reliability.objectives.rules.states import UNMEASURED

EPOCH_KEPT: Final = timedelta(days=2)
NOTHING_YET: Final = "No counts have come yet."


@dataclass(frozen=True, slots=True)
class Sampled:
    """What one sampling did."""

    objectives: int
    measured: int
    minute: int


def sample(caller: Caller, *, now: datetime) -> Sampled:
    """Read all sources once and bring every objective up to date.

    Counters and minutes move in one transaction of the samples, so that a crash neither loses nor doubles a count;
    facts follow from what is stored, so that a crash before them only delays them.
    """
    authorise(caller, "read")
    objectives = live_objectives()
    collected = collect(objectives, now=now)
    with collector_paused(), transaction.atomic(using=store.ALIAS):
        store.lock()
        added = _take_counters(collected)
        measured = _add(objectives, collected, added)
    # Evaluating writes again, in a transaction of its own: counts stand even if it fails.
    evaluations = evaluate_all(objectives, at=collected.at)
    record_changes(objectives, evaluations, collected, now=collected.at)
    return Sampled(len(objectives), measured, minute_of(collected.at))


@dataclass(frozen=True, slots=True)
class _Added:
    """What a source's counters rose by; `fresh` when the rise since birth is known to be recent."""

    counters: Mapping[str, int]
    whole: bool


def _take_counters(collected: Collected) -> dict[str, _Added]:
    read = {name: one for name, one in collected.sources.items() if one.counters is not None}
    former = {(row.source, row.epoch): row for row in Counter.objects.using(store.ALIAS).filter(source__in=list(read))}
    known = set(
        Source.objects.using(store.ALIAS)
        .filter(name__in=list(read))
        .exclude(read_at=None)
        .values_list("name", flat=True)
    )
    added: dict[str, _Added] = {}
    writing: list[Counter] = []
    for name, reading in read.items():
        assert reading.counters is not None  # noqa: S101 - those without were left out above
        row = former.get((name, reading.epoch))
        zero = from_zero(known_before=name in known, born=reading.born, now=collected.at.timestamp())
        taken = take(row.values if row else None, reading.counters, restarts_show=reading.restarts_show, from_zero=zero)
        young = from_zero(known_before=False, born=reading.born, now=collected.at.timestamp())
        added[name] = _Added(taken.added, whole=young or reading.kind != METRICS)
        if row is None or row.values != taken.values or collected.at - row.read_at > EPOCH_KEPT / 2:
            writing.append(Counter(source=name, epoch=reading.epoch, values=taken.values, read_at=collected.at))
    Counter.objects.using(store.ALIAS).bulk_create(
        writing, update_conflicts=True, unique_fields=["source", "epoch"], update_fields=["values", "read_at"]
    )
    _note_sources(collected)
    return added


def _note_sources(collected: Collected) -> None:
    rows = {row.name: row for row in Source.objects.using(store.ALIAS).filter(name__in=list(collected.sources))}
    answered = [name for name, one in collected.sources.items() if one.counters is not None and name in rows]
    Source.objects.using(store.ALIAS).filter(name__in=answered).update(
        read_at=collected.at, problem="", problem_since=None
    )
    new: list[Source] = []
    for name, one in collected.sources.items():
        row = rows.get(name)
        if one.counters is not None:
            if row is None:
                new.append(Source(name=name, service_uid=one.service_uid, read_at=collected.at))
        elif row is None or row.problem != one.problem:
            new.append(_troubled(row, one, collected.at))
    Source.objects.using(store.ALIAS).bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["service_uid", "problem", "problem_since"],
    )


def _troubled(row: Source | None, reading: SourceReading, at: datetime) -> Source:
    since = row.problem_since if row and row.problem_since else at
    return Source(name=reading.name, service_uid=reading.service_uid, problem=reading.problem, problem_since=since)


def _add(objectives: tuple[Live, ...], collected: Collected, added: Mapping[str, _Added]) -> int:
    minute, now = minute_of(collected.at), collected.at.timestamp()
    former = store.heads([one.series for one in objectives]) if objectives else {}
    heads: dict[int, store.StoredHead] = {}
    rows: dict[int, tuple[Row, ...]] = {}
    measured = 0
    for one in objectives:
        stored = former.get(one.series)
        if one.indicator.source in (PULLED, PUSHED):
            # Their minutes come by themselves, early or late; until the first one says so, nothing is known.
            if stored is None:
                heads[one.series] = store.StoredHead(Head(minute, minute, ZERO, 0, 0, UNMEASURED), None, NOTHING_YET)
            continue
        before = stored.read_at.timestamp() if stored and stored.read_at else None
        found = _measured(one, collected, added, new=before is None)
        measured += found.known
        increment = Increment(
            minute,
            good=found.good,
            total=found.total,
            measured=found.known,
            bridged=found.known and bridges(before=before, now=now),
        )
        head, rows[one.series] = store.grow(stored, increment, one.judged, series=one.series)
        read_at = collected.at if found.known else (stored.read_at if stored else None)
        heads[one.series] = store.StoredHead(head, read_at, found.reason[:300])
    store.write(heads, rows)
    return measured


def _measured(one: Live, collected: Collected, added: Mapping[str, _Added], *, new: bool) -> Measured:
    if one.indicator.source == ELSEWHERE:
        return Measured(reason=one.indicator.reason)
    names = collected.of_objective.get(one.pk, ())
    readings = [collected.sources[name] for name in names if name in collected.sources]
    if not readings:
        return Measured(reason=NOTHING_HERE)
    # Every source must have been read: half of a service's counts would be no count of the service.
    silent = next((reading for reading in readings if reading.counters is None), None)
    if silent is not None:
        return Measured(reason=silent.problem)
    sums: dict[str, int] = {}
    for reading in readings:
        for key, count in added[reading.name].counters.items():
            sums[key] = sums.get(key, 0) + count
    found = measure(one.indicator, sums)
    if new and found.known and not all(added[reading.name].whole for reading in readings):
        # A page's counters rose long before this objective began to look at them.
        return Measured(0, 0)
    return found
