"""Answers other rooms' question for which services a golden path made, and how soon they were in production."""

from __future__ import annotations

from django.db.models import Min

from roadbed.ground.asks.counted import GoldenPaths, MadeOnPaths
from roadbed.ground.ledger.models import Fact

MADE, FIRST = "path.scaffolded", "service.deployed"


def made_on_paths(asked: GoldenPaths) -> MadeOnPaths:
    """From the making of a service to its first deployment to production."""
    del asked
    made = dict(Fact.objects.filter(kind=MADE).order_by("-position").values_list("subject", "occurred_at"))
    deployed = Fact.objects.filter(kind=FIRST, environment="production", subject__in=list(made))
    first = deployed.values("subject").annotate(at=Min("occurred_at")).values_list("subject", "at")
    spans = {uid: (at - made[uid]).total_seconds() for uid, at in first}
    took = tuple(seconds for seconds in spans.values() if seconds >= 0)
    return MadeOnPaths(frozenset(made), took, len(made) - len(took))
