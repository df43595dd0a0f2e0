"""Changes of objectives as facts: a burn begins or stops, a budget is spent, a source falls silent; once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.answers import STALE
from roadbed.reliability.objectives.collecting import Collected
from roadbed.reliability.objectives.evaluating import Stand
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.models import MeasurementStanding, Source, Standing
from roadbed.reliability.objectives.rules.figures import figures_of
from roadbed.reliability.objectives.rules.thresholds import PAGE


def record_changes(
    objectives: tuple[Live, ...], stands: Mapping[int, Stand], collected: Collected, *, now: datetime
) -> int:
    """Record what changed since the facts that are there; what is recorded is kept in the fact's own transaction."""
    standing = {row.objective_id: row for row in Standing.objects.filter(objective__in=[one.pk for one in objectives])}
    changed = [
        (one, stands[one.pk])
        for one in objectives
        if one.pk in stands and one.pk in standing and _differs(stands[one.pk], standing[one.pk])
    ]
    if changed:
        with unit(ROADBED, now=now) as writing:
            # Read again under the lock, so that two samplings at once record a change once.
            locked = {
                row.objective_id: row
                for row in Standing.objects.select_for_update().filter(objective__in=[one.pk for one, _ in changed])
            }
            for one, stand in changed:
                _record(writing, one, stand, locked[one.pk], now)
    return len(changed) + _record_measurement(objectives, collected, now=now)


def _differs(stand: Stand, row: Standing) -> bool:
    verdict = stand.verdict
    return verdict.paging != (row.paging_since is not None) or verdict.budget.spent != (row.spent_since is not None)


def _record(writing: Unit, one: Live, stand: Stand, row: Standing, now: datetime) -> None:
    evaluation = stand.verdict
    paging_since, spent_since = row.paging_since, row.spent_since
    if evaluation.paging and paging_since is None:
        paging_since = now
        writing.record("budget.burn.started", one.service_uid, data=_said(one, stand))
    elif not evaluation.paging and paging_since is not None:
        data = _said(one, stand) | {"seconds": (now - paging_since).total_seconds()}
        writing.record("budget.burn.stopped", one.service_uid, data=data)
        paging_since = None
    if evaluation.budget.spent and spent_since is None:
        spent_since = now
        writing.record("budget.exhausted", one.service_uid, data=_said(one, stand))
    elif not evaluation.budget.spent:
        spent_since = None
    Standing.objects.filter(pk=row.pk).update(paging_since=paging_since, spent_since=spent_since)


def _said(one: Live, stand: Stand) -> dict[str, Any]:
    evaluation = stand.evaluation()
    figures = figures_of(evaluation)
    firing = [pair for pair in figures["pairs"] if pair["firing"] and pair["severity"] == PAGE]
    return {
        "objective": one.uid,
        "name": one.name,
        "title": one.title,
        "service": one.service_name,
        "remaining": evaluation.budget.remaining,
        "good": figures["good"],
        "total": figures["total"],
        "coverage": evaluation.period.coverage,
        "pairs": [
            {name: pair[name] for name in ("name", "short", "long", "factor", "short_burn", "long_burn", "bad")}
            for pair in firing
        ],
        "text": figures["top_line"],
    }


def _record_measurement(objectives: Iterable[Live], collected: Collected, *, now: datetime) -> int:
    used = {name: one for one in objectives for name in collected.of_objective.get(one.pk, ())}
    silent = {
        row.name: row
        for row in Source.objects.using(store.ALIAS).filter(name__in=list(used)).exclude(problem="")
        if now - (row.read_at or row.problem_since or now) > STALE
    }
    lost = {row.source: row for row in MeasurementStanding.objects.all()}
    begun = [row for name, row in silent.items() if name not in lost]
    # A source that nobody uses any more is not regained, only forgotten.
    ended = [row for name, row in lost.items() if name not in silent]
    if not begun and not ended:
        return 0
    with unit(ROADBED, now=now) as writing:
        for row in begun:
            since = row.read_at or row.problem_since or now
            MeasurementStanding.objects.update_or_create(
                source=row.name, defaults={"service_uid": row.service_uid, "lost_since": since}
            )
            data = {"source": row.name, "since": since.isoformat(), "reason": row.problem}
            writing.record("measurement.lost", row.service_uid, data=data)
        MeasurementStanding.objects.filter(source__in=[gone.source for gone in ended]).delete()
        for gone in ended:
            if gone.source in used:
                data = {"source": gone.source, "since": gone.lost_since.isoformat()}
                writing.record("measurement.regained", gone.service_uid, data=data)
    return len(begun) + len(ended)
