"""Answers other rooms' question for how the objectives stand now."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from roadbed.ground.asks.figures import ObjectiveStands, ReliabilityFigures, ReliabilityToday
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import BROKEN, STANDINGS, UNMEASURED

UNTOLD = frozenset({UNMEASURED, BROKEN})
STRICT = Decimal("0.999")


def reliability_figures(asked: ReliabilityFigures) -> ReliabilityToday:
    """Objectives by standing, and the share of those with a budget that can be told which have some of it left."""
    rows = Objective.objects.filter(removed_at=None)
    if asked.service_uids is not None:
        rows = rows.filter(service_uid__in=asked.service_uids)
    listed = list(rows.values_list("uid", "service_uid", "target"))
    promised = {uid: service for uid, service, _ in listed}
    found = Evaluated.objects.all() if asked.service_uids is None else Evaluated.objects.filter(objective__in=promised)
    rows_told = found.values_list("objective", "standing", "remaining", "as_of")
    evaluated = {uid: (standing, left, at) for uid, standing, left, at in rows_told if uid in promised}
    standings = Counter(evaluated[uid][0] if uid in evaluated else UNMEASURED for uid in promised)
    left = [value for standing, value, _ in evaluated.values() if value is not None and standing not in UNTOLD]
    instants = [as_of for *_, as_of in evaluated.values()]
    return ReliabilityToday(
        objectives=len(promised),
        told=len(left),
        within=sum(remaining > 0 for remaining in left) if left else None,
        lowest=min(left, default=None),
        standings={standing: standings[standing] for standing in STANDINGS},
        services=tuple(sorted(set(promised.values()))),
        as_of=min(instants) if len(instants) == len(promised) and instants else None,
        strict=sum(target >= STRICT for *_, target in listed),
    )


def objective_stands(asked: ObjectiveStands) -> str | None:
    """The figure of one objective that is not removed, by uid or SERVICE/NAME, as it was last counted."""
    said = asked.reference.replace("\x00", "")
    service, _, name = said.rpartition("/")
    named = {"service_name": service, "name": name} if service else {"uid": said}
    row = Objective.objects.filter(removed_at=None, **named).first()
    if row is None:
        return None
    known = Evaluated.objects.filter(objective=row.uid).first()
    if known is None or known.remaining is None:
        return f"{row.service_name}/{row.name}: no data"
    return f"{row.service_name}/{row.name}: {known.remaining:.1%} of its budget left, {known.as_of:%Y-%m-%d %H:%M} UTC"
