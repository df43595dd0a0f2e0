"""The verb of every twenty seconds: evaluate all journeys, and record what changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives.journeys.changes import record_changes
from roadbed.reliability.objectives.journeys.evaluating import evaluate_journeys
from roadbed.reliability.objectives.journeys.models import Journey


def follow_journeys(caller: Caller, *, now: datetime) -> int:
    """Evaluate all journeys as of an instant; answers how many."""
    authorise(caller, "read")
    stands = evaluate_journeys(at=now)
    record_changes(stands, now=now)
    return len(stands)


def live_journeys() -> QuerySet[Journey]:
    """Those to evaluate."""
    return Journey.objects.filter(removed_at=None)
