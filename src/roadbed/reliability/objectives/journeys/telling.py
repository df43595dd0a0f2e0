"""Every figure of an evaluated journey as the JSON that is kept with it: null where nothing can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from roadbed.reliability.objectives.journeys.live import LiveJourney
from roadbed.reliability.objectives.journeys.material import Counted, Material
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.budget import Budget, budget
from roadbed.reliability.objectives.rules.evaluation import Evaluation
from roadbed.reliability.objectives.rules.forecast import Forecast
from roadbed.reliability.objectives.rules.journeys.minutes import counted
from roadbed.reliability.objectives.rules.journeys.values import EVENTS, MINUTES
from roadbed.reliability.objectives.rules.journeys.weights import budget_minutes
from roadbed.reliability.objectives.rules.journeys.words import said_of_pair, top_line
from roadbed.reliability.objectives.rules.periods import Period
from roadbed.reliability.objectives.rules.thresholds import PairStanding
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.rules.words import pair_words

UNITS = {MINUTES: "minutes", EVENTS: "weighted events"}
_PAIR = tuple(one.name for one in fields(PairStanding))
_FORECAST = tuple(one.name for one in fields(Forecast))


def figures(
    one: LiveJourney,
    material: Material,
    period: Period,
    *,
    evaluation: Evaluation,
    windows: Mapping[int, Counted],
    raw: Counted | None,
    problem: str,
) -> dict[str, Any]:
    """All of it."""
    whole = windows[period.elapsed]
    unit, left = UNITS[one.method], evaluation.budget
    steps = _steps(one, material, period, whole, allowance_of(one, period, whole))
    worst = max(steps, key=lambda step: step["spent"], default=None)
    span = f"the present period ({one.window.in_words()})" if one.window.by_calendar else ""
    forecast = evaluation.forecast
    return {
        "unit": unit,
        "minutes": whole.counts.by_state(),
        "before": whole.counts.before,
        "degraded": _degraded(one, material, period),
        "good": whole.basis.total - int(whole.basis.bad),
        "total": whole.basis.total,
        "spent": left.bad,
        "allowed": left.allowed,
        "windows": [_window(length, windows[length], evaluation) for length in sorted(windows)],
        "pairs": [
            {
                **{name: getattr(pair, name) for name in _PAIR},
                "unit": unit,
                "words": said_of_pair(pair_words(pair), unit),
            }
            for pair in evaluation.pairs
        ],
        "forecast": None if forecast is None else {name: getattr(forecast, name) for name in _FORECAST},
        "raw": None if raw is None else _raw(one, period, raw),
        "steps": steps,
        "problem": problem,
        "top_line": top_line(evaluation, unit=unit, span=span, worst=worst["name"] if worst else ""),
    }


def budget_of(one: LiveJourney, period: Period, held: Counted) -> Budget:
    """What is left of a journey's budget of a period."""
    return budget(_basis(one, period, held), one.target)


def _basis(one: LiveJourney, period: Period, held: Counted) -> Basis:
    if one.method == EVENTS:
        return held.basis
    return budget_minutes(held.counts, to_come=period.length - period.elapsed)


def allowance_of(one: LiveJourney, period: Period, held: Counted) -> int:
    """What the window allows, times the target's denominator."""
    basis = _basis(one, period, held)
    return 0 if basis.broken else one.target.spare * basis.total


def _window(length: int, held: Counted, evaluation: Evaluation) -> dict[str, Any]:
    return {
        "window": name_of(length),
        "length": length,
        "bad": held.basis.bad,
        "total": held.basis.total,
        "burn": evaluation.burns[length],
        "coverage": held.counts.coverage,
        "minutes": held.counts.by_state(),
    }


def _degraded(one: LiveJourney, material: Material, period: Period) -> int:
    found = material.joined(one)
    first = max(period.first - material.first, found.begins)
    return counted(found.degraded, first, period.until - material.first)


def _raw(one: LiveJourney, period: Period, raw: Counted) -> dict[str, Any]:
    left = budget_of(one, period, raw)
    return {
        "bad": left.bad,
        "total": raw.basis.total,
        "attainment": left.attainment,
        "remaining": left.remaining,
        "coverage": raw.counts.coverage,
        "minutes": raw.counts.by_state(),
    }


def _steps(
    one: LiveJourney, material: Material, period: Period, whole: Counted, allowance: int
) -> list[dict[str, Any]]:
    begins = material.joined(one).begins
    first, until = max(period.first - material.first, begins), period.until - material.first
    of_minutes_each = material.joined(one).contributions(first, until)
    events = material.events(one, start=period.first, until=period.until)
    found = []
    for step, weight, given, of_step, held in zip(
        one.steps, material.weights(one), of_minutes_each, whole.by_step, events, strict=True
    ):
        objective, inner = material.named.objective(step), material.named.journey(step)
        found.append(
            {
                "name": step.name,
                "of": step.of,
                "service": step.service,
                "objective": step.objective,
                "journey": step.journey,
                "uid": objective.uid if objective else inner.uid if inner else "",
                "service_uid": _service(material, objective, inner),
                "title": objective.title if objective else inner.title if inner else "",
                "required": step.required,
                "when_unmeasured": step.when_unmeasured,
                "weight": weight,
                "spent": of_step,
                "share": of_step * one.target.of / allowance if allowance else None,
                "alone": given.alone,
                "bad_minutes": given.bad,
                "good": None if held is None else held.good,
                "total": None if held is None else held.total,
                "coverage": _coverage(material, objective, inner, first, until),
            }
        )
    return found


def _service(material: Material, objective: Live | None, inner: LiveJourney | None) -> str:
    """Whose service a step is; of a journey the first that it rests on."""
    one = objective or (next(iter(material.named.within([inner])), None) if inner else None)
    return one.service_uid if one else ""


def _coverage(
    material: Material, objective: Live | None, inner: LiveJourney | None, first: int, until: int
) -> float | None:
    if inner is not None:
        return material.joined(inner).between(first, until).coverage
    if objective is None:
        return None
    bits = material.of_objective(objective)
    counting = until - first - counted(bits.excluded, first, until)
    return counted(bits.measured & ~bits.excluded, first, until) / counting if counting > 0 else None
