"""Answers other rooms' question for how the objectives stand now."""

from __future__ import annotations

from collections import Counter

from roadbed.ground.asks.figures import ReliabilityFigures, ReliabilityToday
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import BROKEN, STANDINGS, UNMEASURED

UNTOLD = frozenset({UNMEASURED, BROKEN})


def reliability_figures(asked: ReliabilityFigures) -> ReliabilityToday:
    """Objectives by standing, and the share of those with a budget that can be told which have some of it left."""
    rows = Objective.objects.filter(removed_at=None)
    if asked.service_uids is not None:
        rows = rows.filter(service_uid__in=asked.service_uids)
    promised = dict(rows.values_list("uid", "service_uid"))
    evaluated = {row.objective: row for row in Evaluated.objects.filter(objective__in=promised)}
    standings = Counter(evaluated[uid].standing if uid in evaluated else UNMEASURED for uid in promised)
    left = [row.remaining for row in evaluated.values() if row.remaining is not None and row.standing not in UNTOLD]
    instants = [row.as_of for row in evaluated.values()]
    return ReliabilityToday(
        objectives=len(promised),
        told=len(left),
        within=sum(remaining > 0 for remaining in left) if left else None,
        lowest=min(left, default=None),
        standings={standing: standings[standing] for standing in STANDINGS},
        services=tuple(sorted(set(promised.values()))),
        as_of=min(instants) if len(instants) == len(promised) and instants else None,
    )
