"""The objective of each service that needs somebody most: what a list of services shows, read in two queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import STANDINGS, UNMEASURED


@dataclass(frozen=True, slots=True)
class Lowest:
    """A service's objective that stands worst. `remaining` is None where nothing was counted."""

    uid: str
    title: str
    standing: str
    remaining: float | None
    coverage: float | None
    as_of: datetime | None
    measured_at: datetime | None
    objectives: int


def lowest_of(service_uids: Iterable[str]) -> dict[str, Lowest]:
    """By service; one that promises nothing is left out."""
    rows = list(
        Objective.objects.filter(removed_at=None, service_uid__in=list(service_uids))
        .order_by("name")
        .values_list("uid", "service_uid", "title")
    )
    evaluated = {
        row.objective: row for row in Evaluated.objects.filter(objective__in=[uid for uid, _, _ in rows]).defer("kept")
    }
    found: dict[str, list[Lowest]] = {}
    for uid, service_uid, title in rows:
        known = evaluated.get(uid)
        found.setdefault(service_uid, []).append(
            Lowest(
                uid=uid,
                title=title,
                standing=known.standing if known else UNMEASURED,
                remaining=known.remaining if known else None,
                coverage=known.coverage if known else None,
                as_of=known.as_of if known else None,
                measured_at=known.measured_at if known else None,
                objectives=0,
            )
        )
    return {service_uid: _worst(those) for service_uid, those in found.items()}


def _worst(those: list[Lowest]) -> Lowest:
    worst = min(those, key=lambda one: (STANDINGS.index(one.standing), 1.0 if one.remaining is None else one.remaining))
    return Lowest(
        uid=worst.uid,
        title=worst.title,
        standing=worst.standing,
        remaining=worst.remaining,
        coverage=worst.coverage,
        as_of=worst.as_of,
        measured_at=worst.measured_at,
        objectives=len(those),
    )
