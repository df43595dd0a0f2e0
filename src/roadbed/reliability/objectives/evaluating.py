"""Evaluating objectives from their stored minutes into the one row that everything else reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.answers import STALE
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.models import Evaluated
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.evaluation import Evaluation, evaluate, needed_windows
from roadbed.reliability.objectives.rules.figures import figures_of
from roadbed.reliability.objectives.rules.forecast import returns_after


@dataclass(frozen=True, slots=True)
class Stand:
    """An objective's evaluation with when its source was last read and why it is not read now."""

    evaluation: Evaluation
    measured_at: datetime | None
    problem: str


def evaluate_all(objectives: tuple[Live, ...], *, at: datetime) -> dict[int, Stand]:
    """Evaluate objectives as of an instant and keep the result; answers it by objective."""
    end = minute_of(at)
    known = store.heads([one.series for one in objectives]) if objectives else {}
    counts = store.all_counts(known, end=end, windows={one.series: needed_windows(one.window) for one in objectives})
    stands: dict[int, Stand] = {}
    rows: list[Evaluated] = []
    for one in objectives:
        if one.series not in known:
            continue
        stored = known[one.series]
        fresh = stored.read_at is not None and at - stored.read_at <= STALE
        evaluation = evaluate(counts[one.series], one.target, period=one.window, measured_now=fresh)
        stands[one.pk] = Stand(evaluation, stored.read_at, stored.reason)
        rows.append(_row(one, stands[one.pk], end, at, _returns(one, stored, evaluation, end)))
    with transaction.atomic(using=store.ALIAS):
        _write(rows)
    return stands


def _returns(one: Live, stored: store.StoredHead, evaluation: Evaluation, end: int) -> int | None:
    if not evaluation.budget.spent:
        return None
    known = {one.series: stored}
    begin = end - one.window
    before = store.until(known, [begin])[one.series][begin]

    def bad_of_first(minutes: int) -> int:
        held = store.until(known, [begin + minutes])[one.series][begin + minutes] - before
        return held.total - held.good

    return returns_after(evaluation.period, one.target, bad_of_first, period=one.window)


def _row(one: Live, stand: Stand, end: int, at: datetime, returns: int | None) -> Evaluated:
    evaluation = stand.evaluation
    figures: dict[str, Any] = {**figures_of(evaluation), "returns_after": returns, "problem": stand.problem}
    return Evaluated(
        objective=one.uid,
        service_uid=one.service_uid,
        standing=evaluation.standing,
        as_of=at,
        minute=end,
        remaining=evaluation.budget.remaining,
        attainment=evaluation.budget.attainment,
        coverage=evaluation.period.coverage,
        paging=evaluation.paging,
        measured_at=stand.measured_at,
        figures=figures,
    )


def _write(rows: list[Evaluated]) -> None:
    Evaluated.objects.using(store.ALIAS).bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["objective"],
        update_fields=[field.name for field in Evaluated._meta.local_fields if field.name != "objective"],  # noqa: SLF001
    )
