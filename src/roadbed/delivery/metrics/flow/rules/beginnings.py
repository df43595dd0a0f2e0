"""How long people who joined took to a first commit, a first deployment, a first incident: never one of them alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.rules.estimates import kaplan_meier

COMMIT, DEPLOYMENT, INCIDENT = "commit", "deployment", "incident"
WHATS: Final = {COMMIT: "First commit", DEPLOYMENT: "First deployment", INCIDENT: "First incident taken part in"}
FEWEST: Final = 5
"""Under five people nothing is told of them, since each would know who is meant."""
BEFORE: Final = timedelta(days=1)
"""Whoever did it longer than a day before joining was here already."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How long a first took, over all who joined.

    Attributes:
        people: how many joined and had not done it before; of so many the figure tells.
        yet: how many of them have not done it yet; each counts as taking at least so long. None where hidden.
        median, p75, p90: seconds; None where hidden or not reached. `low` and `high` are the median's 95% interval.
        hidden: whether they are fewer than five.
    """

    what: str
    name: str
    people: int
    yet: int | None
    median: float | None
    low: float | None
    high: float | None
    p75: float | None
    p90: float | None
    hidden: bool
    why: str


def beginning(what: str, joined: Iterable[tuple[datetime, datetime | None]], *, now: datetime) -> Beginning:
    """From (joined, first did it) of each; None is not yet."""
    spans = [
        (max(0.0, ((first or now) - at).total_seconds()), first is not None)
        for at, first in joined
        if first is None or first >= at - BEFORE
    ]
    if len(spans) < FEWEST:
        why = "Nobody joined." if not spans else f"Hidden: fewer than {FEWEST} people."
        return Beginning(what, WHATS[what], len(spans), None, None, None, None, None, None, bool(spans), why)
    known = kaplan_meier(spans)
    why = "" if known.median is not None else "Fewer than half have done it yet."
    return Beginning(
        what, WHATS[what], known.n, known.open, known.median, known.low, known.high, known.p75, known.p90,
        hidden=False, why=why,
    )  # fmt: skip
