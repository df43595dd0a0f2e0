"""Background work besides sending: replaying the past, and forgetting what is old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.subscriptions import asking
from roadbed.ground.subscriptions.models import Delivery, Subscription

KEPT: Final = timedelta(days=30)
"""How long the log keeps a delivery that has ended."""

AT_ONCE: Final = 500


@job(asking.REPLAY, attempts=5, time_limit=300.0)
def replay(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Send past facts, because somebody asked for them."""
    asked_at = datetime.fromisoformat(payload["asked_at"])
    asking.replay(payload["subscription"], after=payload["after"], until=payload["until"], asked_at=asked_at)


@job("subscriptions.tidy", attempts=1, time_limit=300.0, every=3600.0)
def tidy(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Forget old deliveries and removed subscriptions, a few at a time."""
    forget(now=timezone.now())


def forget(*, now: datetime) -> int:
    """Delete what ended 30 days ago and what belongs to a removed subscription; what waits is never deleted."""
    old = Delivery.objects.filter(Q(ended_at__lt=now - KEPT) | Q(subscription__removed_at__lt=now))
    forgotten = 0
    while keys := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        forgotten += Delivery.objects.filter(pk__in=keys).delete()[0]
    Subscription.objects.filter(removed_at__lt=now).delete()
    return forgotten
