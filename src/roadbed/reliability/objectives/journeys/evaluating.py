"""Evaluating journeys into the one row that lists and pages read, with every figure that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.journeys.live import LiveJourney, Named
from roadbed.reliability.objectives.journeys.material import Counted, Material
from roadbed.reliability.objectives.journeys.models import JourneyEvaluated
from roadbed.reliability.objectives.journeys.telling import figures
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.evaluation import Evaluation, Question, Sliced, evaluate, needed_windows
from roadbed.reliability.objectives.rules.journeys.values import EVENTS
from roadbed.reliability.objectives.rules.journeys.weights import budget_minutes, burning_minutes
from roadbed.reliability.objectives.rules.periods import Period


@dataclass(frozen=True, slots=True)
class JourneyStand:
    """A journey evaluated: with what it was counted from, window by window."""

    journey: LiveJourney
    period: Period
    evaluation: Evaluation
    windows: Mapping[int, Counted]
    figures: Mapping[str, Any]


def evaluate_journeys(*, at: datetime, journeys: Sequence[LiveJourney] | None = None) -> dict[int, JourneyStand]:
    """Evaluate all journeys, or some, as of an instant and keep the result; answers it by journey."""
    named = Named.now()
    wanted = tuple(named.journeys.values()) if journeys is None else tuple(journeys)
    if not wanted:
        return {}
    end = minute_of(at)
    periods = {one.pk: one.window.at(end) for one in wanted}
    lengths = {one.pk: _lengths(one, periods[one.pk]) for one in wanted}
    material = Material.of(wanted, named, first=end + 1 - max(max(of) for of in lengths.values()), until=end + 1)
    stands = {}
    for one in wanted:
        material.prepare(one, [end, *(end - length for length in lengths[one.pk])])
        stands[one.pk] = _stand(one, material, periods[one.pk], lengths[one.pk], at)
    _keep(stands.values(), at, end)
    return stands


def _lengths(one: LiveJourney, period: Period) -> tuple[int, ...]:
    return needed_windows(period.elapsed, one.table, length=period.length)


def _stand(
    one: LiveJourney, material: Material, period: Period, lengths: tuple[int, ...], at: datetime
) -> JourneyStand:
    end = material.until
    windows = {length: material.counted(one, start=end - length, until=end) for length in lengths}
    problem = material.problem(one, at)
    asked = Question(one.target, period.elapsed, period.length, measured_now=not problem, table=one.table)
    evaluation = evaluate(
        {length: held.counts for length, held in windows.items()}, asked, sliced=_sliced(one, windows, asked)
    )
    cut = material.joined(one).between(period.first - material.first, period.until - material.first).excluded
    raw = material.counted(one, start=period.first, until=period.until, raw=True) if cut else None
    told = figures(one, material, period, evaluation=evaluation, windows=windows, raw=raw, problem=problem)
    return JourneyStand(one, period, evaluation, windows, told)


def _sliced(one: LiveJourney, windows: Mapping[int, Counted], asked: Question) -> Sliced:
    if one.method != EVENTS:
        whole = budget_minutes(windows[asked.period].counts, to_come=asked.length - asked.period)
        return Sliced(whole, {length: burning_minutes(held.counts) for length, held in windows.items()}, whole=True)
    # What burns is weighted; what proves a burn are events of which none is more than one.
    bases = {length: held.basis for length, held in windows.items()}
    return Sliced(bases[asked.period], bases, whole=False)


def _keep(stands: Any, at: datetime, end: int) -> None:
    rows = []
    for stand in stands:
        verdict = stand.evaluation.verdict
        rows.append(
            JourneyEvaluated(
                journey=stand.journey.uid,
                standing=verdict.standing,
                as_of=at,
                minute=end,
                remaining=verdict.budget.remaining,
                attainment=verdict.budget.attainment,
                coverage=verdict.coverage,
                paging=verdict.paging,
                figures=dict(stand.figures),
            )
        )
    with transaction.atomic(using=store.ALIAS):
        JourneyEvaluated.objects.using(store.ALIAS).bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["journey"],
            update_fields=[
                "standing", "as_of", "minute", "remaining", "attainment", "coverage", "paging", "figures",
            ],
        )  # fmt: skip
