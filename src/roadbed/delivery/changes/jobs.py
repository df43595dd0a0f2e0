"""The room's background work: linking deployments to changes; reading the past is beside it, in sources/fetching."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.delivery.changes.linking.keeping import CHANGES
from roadbed.delivery.changes.linking.usecases import link_waiting
from roadbed.delivery.changes.models import ToLink
from roadbed.delivery.changes.projecting import DEPLOYMENTS
from roadbed.delivery.changes.sources import fetching
from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import projections

__all__ = ["fetching", "link"]


@job("changes.link", attempts=3, every=5.0, time_limit=300.0, wanted=lambda _: ToLink.objects.all())
def link(run: JobRun, payload: dict[str, Any]) -> None:
    """Link what waits; done twice it comes to the same links."""
    del run, payload
    now = timezone.now()
    # What was recorded and not yet projected would be linked as if it were missing, and its links recorded twice.
    for projection in (CHANGES, DEPLOYMENTS):
        while projections.advance(projection, now=now):
            pass
    link_waiting(now=now)
