"""Background work of reviews: a resolved incident is drafted at once."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.errors import NotFound
from roadbed.ground.jobs.registry import Abandon, job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.reviews.drafting import draft

DRAFT: Final = Reaction(name="reviews.draft", kinds=frozenset({"incident.resolved"}), job="reviews.draft")


@job("reviews.draft", attempts=6)
def draft_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Draft the review of an incident that ended; one that another system told of has none here, which is no fault."""
    try:
        draft(ROADBED, payload["subject"], now=timezone.now())
    except NotFound as missing:
        fact = ledger.fact(str(payload.get("fact", "")))
        if fact is None or not fact.data.get("external"):
            raise Abandon(missing.detail) from missing
