"""An evaluation as the JSON that is kept with it, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Evaluation
from roadbed.reliability.objectives.rules.thresholds import PairStanding
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.rules.words import pair_words, top_line


def figures_of(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure of an evaluation, exact integers for counts, null where there is nothing to divide by."""
    forecast = evaluation.forecast
    return {
        "good": evaluation.period.good,
        "bad": evaluation.period.bad,
        "total": evaluation.period.total,
        "allowed": evaluation.budget.allowed,
        "minutes": evaluation.period.by_state(),
        "windows": {
            name_of(length): {**window_figures(counts), "burn": evaluation.burns[length]}
            for length, counts in sorted(evaluation.windows.items())
        },
        "pairs": [{**asdict(pair), "words": pair_words(pair)} for pair in evaluation.pairs],
        "forecast": None if forecast is None else asdict(forecast),
        "top_line": top_line(evaluation),
    }


def window_figures(counts: Counts) -> dict[str, Any]:
    """One window's counts and minutes."""
    return {"good": counts.good, "total": counts.total, "coverage": counts.coverage, "minutes": counts.by_state()}


def pairs_from(figures: Mapping[str, Any]) -> tuple[tuple[PairStanding, str], ...]:
    """The pairs again, each with its words."""
    return tuple(
        (PairStanding(**{name: value for name, value in pair.items() if name != "words"}), pair["words"])
        for pair in figures.get("pairs", ())
    )
