"""Background work of reviews: drafts at once, reminders and looking back each hour."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.errors import NotFound
from roadbed.ground.jobs.registry import Abandon, job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.reviews import recurring, reminding
from roadbed.reliability.reviews.drafting import draft, follow

DRAFT: Final = Reaction(name="reviews.draft", kinds=frozenset({"incident.resolved"}), job="reviews.draft")
FOLLOW: Final = Reaction(name="reviews.follow", kinds=frozenset({"incident.changed"}), job="reviews.follow")
HOUR: Final = 3600.0


@job("reviews.draft", attempts=6)
def draft_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Draft the review of an incident that ended; one that another system told of has none here, which is no fault."""
    try:
        draft(ROADBED, payload["subject"], now=timezone.now())
        follow(ROADBED, payload["subject"], now=timezone.now())
    except NotFound as missing:
        fact = ledger.fact(str(payload.get("fact", "")))
        if fact is None or not fact.data.get("external"):
            raise Abandon(missing.detail) from missing


@job("reviews.follow", attempts=6)
def follow_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Bring the draft of an incident that changed up to date; one that goes on is followed when it ends."""
    follow(ROADBED, payload["subject"], now=timezone.now())


@job("reviews.remind", attempts=3, every=HOUR)
def remind(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Plan the reminders that are owed today."""
    reminding.plan(now=timezone.now())


@job(reminding.SEND, attempts=6, backoff=(10.0, 60.0, 600.0, 3600.0))
def send_reminder(run: JobRun, payload: dict[str, Any]) -> None:
    """Send one."""
    reminding.send(payload["reminder"], now=timezone.now(), last_attempt=run.last_attempt)


@job("reviews.look-back", attempts=3, every=6 * HOUR)
def look_back(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Judge whether it happened again, of reviews whose 90 days are over."""
    recurring.look_back(now=timezone.now())
