"""An evaluation as the JSON that is kept with it, and read again."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Evaluation
from roadbed.reliability.objectives.rules.forecast import Forecast
from roadbed.reliability.objectives.rules.thresholds import PairStanding
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.rules.words import pair_words, top_line

# Naming the fields once is three times as fast as asdict, which copies deeply.
_PAIR = tuple(field.name for field in fields(PairStanding))
_FORECAST = tuple(field.name for field in fields(Forecast))


def _flat(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def figures_of(evaluation: Evaluation, *, span: str = "") -> dict[str, Any]:
    """Every figure of an evaluation, exact integers for counts, null where there is nothing to divide by."""
    forecast = evaluation.forecast
    return {
        "good": evaluation.period.good,
        "bad": evaluation.period.bad,
        "total": evaluation.period.total,
        "unit": evaluation.unit,
        "spent": evaluation.budget.bad,
        "allowed": evaluation.budget.allowed,
        "minutes": evaluation.period.by_state(),
        "windows": {
            name_of(length): {**window_figures(counts), "burn": evaluation.burns[length]}
            for length, counts in sorted(evaluation.windows.items())
        },
        "pairs": [{**_flat(pair, _PAIR), "words": pair_words(pair, evaluation.windows)} for pair in evaluation.pairs],
        "forecast": None if forecast is None else _flat(forecast, _FORECAST),
        "top_line": top_line(evaluation, span=span),
    }


def window_figures(counts: Counts) -> dict[str, Any]:
    """One window's counts and minutes."""
    return {"good": counts.good, "total": counts.total, "coverage": counts.coverage, "minutes": counts.by_state()}
